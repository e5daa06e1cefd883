import type { ReactNode } from "react";
import type { Permission } from "../api/generated/api";
import { usePermission } from "../session/usePermission";
import { Empty } from "./states";

/** Content for users with a permission; the others are told which one is missing, and nothing is asked of the service. */
export function Guarded({ needs, children }: { needs: Permission; children: ReactNode }) {
  const allowed = usePermission(needs);
  if (allowed) return children;
  return (
    <Empty title="You may not see this">
      It needs the permission <code>{needs}</code>, which an administrator can grant.
    </Empty>
  );
}
