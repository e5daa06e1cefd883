import { Typography } from "@mui/material";
import type { ReactNode } from "react";
import type { Permission } from "../api/generated/api";
import { usePermission } from "../session/usePermission";
import { Section } from "./Section";
import { Empty } from "./states";

/**
 * Content for users with a permission; the others are told which one is missing, and nothing is asked of the service.
 * A `part` of a page says so in a line under its heading.
 */
export function Guarded({
  needs,
  part,
  children,
}: {
  needs: Permission;
  part?: string;
  children: ReactNode;
}) {
  const allowed = usePermission(needs);
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
