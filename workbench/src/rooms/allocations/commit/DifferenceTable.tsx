import { Box, Table, TableBody, TableCell, TableHead, TableRow } from "@mui/material";
import type { AccountDifference, Allocation } from "../../../api/generated/api";
import { cents, face } from "../../../kit/format";
import { IdLink } from "../../../kit/links";

/** What accounts could take at the preview and can take now; only those that differ. */
export function DifferenceTable({
  differences,
  allocation,
}: {
  differences: readonly AccountDifference[];
  allocation: Allocation;
}) {
  if (differences.length === 0) return null;
  const names = new Map(allocation.allocations.map((account) => [account.account_id, account.account_name]));
  return (
    <Box
      tabIndex={0}
      role="region"
      aria-label="What changed"
      sx={{ overflow: "auto", maxHeight: 260, mt: 0.5 }}
    >
      <Table aria-label="What changed by account">
        <TableHead>
          <TableRow>
            <TableCell>Account</TableCell>
            <TableCell>Name</TableCell>
            <TableCell align="right">Allocated</TableCell>
            <TableCell align="right">Can take now</TableCell>
            <TableCell align="right">Settlement before</TableCell>
            <TableCell align="right">Settlement now</TableCell>
            <TableCell align="right">Cash before</TableCell>
            <TableCell align="right">Cash now</TableCell>
            <TableCell>Still possible</TableCell>
          </TableRow>
        </TableHead>
        <TableBody>
          {differences.map((now) => (
            <TableRow key={now.account_id}>
              <TableCell>
                <IdLink of="account" id={now.account_id} />
              </TableCell>
              <TableCell>{names.get(now.account_id)}</TableCell>
              <TableCell align="right">{face(now.allocated_quantity)}</TableCell>
              <TableCell align="right">{face(now.max_quantity)}</TableCell>
              <TableCell align="right">{cents(now.previewed_settlement_amount)}</TableCell>
              <TableCell align="right">{cents(now.settlement_amount)}</TableCell>
              <TableCell align="right">{cents(now.previewed_available_cash)}</TableCell>
              <TableCell align="right">{cents(now.available_cash)}</TableCell>
              <TableCell>{now.feasible === undefined ? "" : now.feasible ? "Yes" : "No"}</TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </Box>
  );
}
