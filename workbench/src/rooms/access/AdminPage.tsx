import { Link } from "@mui/material";
import { Route, Link as RouterLink, Routes } from "react-router-dom";
import { Guarded, NotAllowed } from "../../kit/Guarded";
import { Page } from "../../kit/Page";
import { UrlTabs } from "../../kit/UrlTabs";
import { usePermission } from "../../session/usePermission";
import { ReferencePart } from "../accounts/reference/ReferencePart";
import { RolesPart } from "./users/RolesPart";
import { UserPart } from "./users/UserPart";
import { UsersPart } from "./users/UsersPart";

/** What administrators do: users, and the desk's reference data with its limits. */
export default function AdminPage() {
  return (
    <Routes>
      <Route path="users/:userId" element={<UserPart />} />
      <Route path="*" element={<Overview />} />
    </Routes>
  );
}

function Overview() {
  const users = usePermission("users:manage");
  const reference = usePermission("reference:write");
  const reports = usePermission("reports:read");
  if (!users && !reference) {
    return (
      <Page title="Admin">
        <NotAllowed needs="users:manage" or="reference:write" />
      </Page>
    );
  }
  return (
    <Page
      title="Admin"
      actions={
        reports && (
          <Link component={RouterLink} to="/fairness?tab=policy">
            Fairness policy
          </Link>
        )
      }
    >
      <UrlTabs
        label="Parts of the administration"
        tabs={[
          {
            value: "users",
            label: "Users",
            content: (
              <Guarded needs="users:manage" wholeDesk>
                <UsersPart />
              </Guarded>
            ),
          },
          { value: "roles", label: "Roles", content: <RolesPart /> },
          {
            value: "reference",
            label: "Reference data and limits",
            content: (
              <Guarded needs="reference:write" wholeDesk>
                <ReferencePart />
              </Guarded>
            ),
          },
        ]}
      />
    </Page>
  );
}
