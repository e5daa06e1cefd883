import type { Permission } from "../api/generated/api";
import { NotAllowed } from "./Guarded";
import { Page } from "./Page";

/** A page that its reader may not see says which permission is missing. */
export function NotPermitted({ title, permission }: { title: string; permission: Permission }) {
  return (
    <Page title={title}>
      <NotAllowed needs={permission} />
    </Page>
  );
}
