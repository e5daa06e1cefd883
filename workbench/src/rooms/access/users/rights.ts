import type { Grants, Permission, Role } from "../../../api/generated/api";

/** What to grant and to revoke, so that a user has what was chosen; null where there is nothing to do. */
export function rightsDifference(
  has: { roles: readonly Role[]; granted: readonly Permission[] },
  wanted: { roles: readonly Role[]; granted: readonly Permission[] },
): { grant: Grants | null; revoke: Grants | null } {
  const missing = <T>(from: readonly T[], these: readonly T[]) =>
    these.filter((each) => !from.includes(each));
  const changes = (roles: Role[], permissions: Permission[]): Grants | null =>
    roles.length + permissions.length > 0 ? { roles, permissions } : null;
  return {
    grant: changes(missing(has.roles, wanted.roles), missing(has.granted, wanted.granted)),
    revoke: changes(missing(wanted.roles, has.roles), missing(wanted.granted, has.granted)),
  };
}
