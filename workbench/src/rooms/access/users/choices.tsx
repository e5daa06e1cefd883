import { Autocomplete, TextField } from "@mui/material";
import type { Permission, Role } from "../../../api/generated/api";
import { useListPortfolioGroupsQuery, useListRolesQuery } from "../../../api/generated/api";
import { words } from "../../../kit/format";

/** What a permission allows, for those who grant it. */
export const PERMISSIONS: Record<Permission, string> = {
  "portfolios:read": "See portfolio groups and accounts",
  "securities:read": "Search bonds, see terms and risk numbers",
  "market-data:read": "See positions, cash and who holds a bond",
  "market-history:read": "See daily prices, risk numbers and correlations",
  "market-history:write": "Import daily prices",
  "monitoring:write": "Say how portfolios are monitored, and have them recalculated",
  "allocations:read": "See previews, commits and comparisons",
  "allocations:preview": "Preview, compare and edit splits",
  "allocations:commit": "Send allocations to Aladdin",
  "allocations:approve": "Approve commits of other users",
  "allocations:settle": "Say what became of an order whose outcome is unknown",
  "allocations:override-warnings": "Commit without looking at each warning",
  "compliance:bypass": "Preview without the compliance check",
  "orders:read": "See orders and fills",
  "orders:write": "Change and cancel orders",
  "reports:read": "See reports and the fairness ledger",
  "audit:read": "Search and verify the audit trail",
  "fairness:policy": "State the fairness policy",
  "targets:write": "State targets of accounts and groups, and approve them",
  "trading:stop": "Stop trading",
  "trading:resume": "Open trading again",
  "reference:write": "Load reference data and limits",
  "users:manage": "Manage users",
  "jobs:manage": "See and cancel jobs of other users",
  "alerts:acknowledge": "Acknowledge alerts",
  "alerts:manage": "Add channels of alerts, and send messages again",
  "brokers:read": "See the own accounts at brokers",
  "brokers:connect": "Connect and disconnect own accounts at brokers",
  "brokers:trade": "Place and cancel orders at brokers",
};

interface Choice<Value> {
  value: Value[];
  onChange: (value: Value[]) => void;
}

export function RoleChoice({ value, onChange }: Choice<Role>) {
  const { data } = useListRolesQuery();
  return (
    <Autocomplete
      multiple
      options={data?.roles.map(({ name }) => name) ?? []}
      value={value}
      getOptionLabel={words}
      onChange={(_event, chosen) => onChange(chosen)}
      renderInput={(params) => <TextField {...params} label="Roles" />}
    />
  );
}

export function PermissionChoice({ value, onChange }: Choice<Permission>) {
  return (
    <Autocomplete
      multiple
      options={Object.keys(PERMISSIONS) as Permission[]}
      value={value}
      getOptionLabel={(permission) => permission}
      onChange={(_event, chosen) => onChange(chosen)}
      renderOption={({ key, ...props }, permission) => (
        <li key={key} {...props}>
          {permission}: {PERMISSIONS[permission]}
        </li>
      )}
      renderInput={(params) => (
        <TextField {...params} label="Single permissions" helperText="Beside those of the roles" />
      )}
    />
  );
}

/** Groups that a user is limited to; none chosen is no limit. */
export function GroupChoice({ value, onChange }: Choice<string>) {
  const { data } = useListPortfolioGroupsQuery();
  return (
    <Autocomplete
      multiple
      freeSolo
      options={data?.portfolio_groups.map(({ group_id }) => group_id) ?? []}
      value={value}
      onChange={(_event, chosen) => onChange(chosen)}
      renderInput={(params) => (
        <TextField
          {...params}
          label="Limited to groups"
          helperText="Empty: sees all groups. Enter adds one that is not listed."
        />
      )}
    />
  );
}
