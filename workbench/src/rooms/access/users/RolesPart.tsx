import { Box, Table, TableBody, TableCell, TableHead, TableRow, Typography } from "@mui/material";
import { type Permission, useListRolesQuery } from "../../../api/generated/api";
import { words } from "../../../kit/format";
import { ErrorNote, Loading } from "../../../kit/states";
import { PERMISSIONS } from "./choices";

/** What each role allows. */
export function RolesPart() {
  const { data, error, refetch } = useListRolesQuery();
  if (error) return <ErrorNote error={error} onRetry={refetch} />;
  if (!data) return <Loading label="Loading the roles" height={480} />;
  return (
    <Box sx={{ overflowX: "auto" }} tabIndex={0} role="group" aria-label="Roles and permissions">
      <Table aria-label="Roles and permissions">
        <TableHead>
          <TableRow>
            <TableCell>Permission</TableCell>
            {data.roles.map(({ name }) => (
              <TableCell key={name} align="center">
                {words(name)}
              </TableCell>
            ))}
          </TableRow>
        </TableHead>
        <TableBody>
          {(Object.keys(PERMISSIONS) as Permission[]).map((permission) => (
            <TableRow key={permission} hover>
              <TableCell component="th" scope="row">
                {PERMISSIONS[permission]}
                <Typography variant="caption" component="div" color="textSecondary">
                  {permission}
                </Typography>
              </TableCell>
              {data.roles.map(({ name, permissions }) => (
                <TableCell key={name} align="center">
                  {permissions.includes(permission) ? "yes" : ""}
                </TableCell>
              ))}
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </Box>
  );
}
