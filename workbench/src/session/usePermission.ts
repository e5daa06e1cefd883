import type { Permission } from "../api/generated/api";
import { useAppSelector } from "../store";
import { selectPermissions } from "./sessionSlice";

/** Whether the user may do something. What may not be done is left out, or disabled with the reason. */
export function usePermission(permission: Permission): boolean {
  return useAppSelector(selectPermissions).includes(permission);
}
