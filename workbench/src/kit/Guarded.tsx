import { Typography } from "@mui/material";
import type { ReactNode } from "react";
import type { Permission } from "../api/generated/api";
import { selectUser } from "../session/sessionSlice";
import { usePermission } from "../session/usePermission";
import { useAppSelector } from "../store";
import { Section } from "./Section";
import { Empty } from "./states";

/**
 * Content for users with a permission; the others are told which one is missing, and nothing is asked of the service.
 * A `part` of a page says so in a line under its heading.
 */
export function Guarded({
  needs,
  part,
  wholeDesk = false,
  children,
}: {
  needs: Permission;
  part?: string;
  /** It is about all groups: users who are limited to some are told so. */
  wholeDesk?: boolean;
  children: ReactNode;
}) {
  const allowed = usePermission(needs);
  const groups = useAppSelector(selectUser)?.groups ?? null;
  if (allowed && wholeDesk && groups !== null)
    return (
      <Empty title="You may not see this">
        It is about the whole desk, and you are limited to{" "}
        {groups.length > 0 ? groups.join(", ") : "no group"}.
      </Empty>
    );
  if (allowed) return children;
  if (part)
    return (
      <Section title={part}>
        <Typography variant="body2" color="textSecondary">
          Needs the permission <code>{needs}</code>.
        </Typography>
      </Section>
    );
  return <NotAllowed needs={needs} />;
}

/** What is said instead of content that the user may not see. */
export function NotAllowed({ needs, or }: { needs: Permission; or?: Permission }) {
  return (
    <Empty title="You may not see this">
      It needs the permission <code>{needs}</code>
      {or && (
        <>
          {" "}
          or <code>{or}</code>
        </>
      )}
      , which an administrator can grant.
    </Empty>
  );
}
