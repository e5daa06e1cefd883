import type { Permission } from "../api/generated/api";
import { Page } from "./Page";
import { Empty } from "./states";

/** A page that its reader may not see says which permission is missing. */
export function NotPermitted({ title, permission }: { title: string; permission: Permission }) {
  return (
    <Page title={title}>
      <Empty title="You may not see this page">
        It needs the permission <code>{permission}</code>. An administrator can grant it.
      </Empty>
    </Page>
  );
}
