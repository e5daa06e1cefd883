import {
  ButtonBase,
  Popover,
  Table,
  TableBody,
  TableCell,
  TableHead,
  TableRow,
  Typography,
} from "@mui/material";
import { useState } from "react";
import type { GroupTakes, OrderCapacity } from "../../../api/generated/api";
import { count, face } from "../../../kit/format";
import { IdLink } from "../../../kit/links";
import { partIn } from "./capacityRequests";

/** How many accounts of a group could take a lot; opened, what each could and what holds it. */
export function AccountsCould({ takes, capacity }: { takes: GroupTakes; capacity: OrderCapacity }) {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const part = partIn(capacity.order.side);
  const { eligible_accounts: could, account_count: all } = takes;
  const accounts = capacity.accounts.filter((account) => account.group_ids.includes(takes.group_id));
  return (
    <>
      <ButtonBase
        onClick={(event) => setAnchor(event.currentTarget)}
        aria-label={`${could} of ${all} accounts of ${takes.group_id} could ${part} some: show why`}
        aria-haspopup="dialog"
        sx={{
          minHeight: 24,
          minWidth: 24,
          color: "primary.main",
          font: "inherit",
          px: 0.25,
          justifyContent: "flex-end",
        }}
      >
        {could < all ? `${count(could)} of ${count(all)}` : count(all)}
      </ButtonBase>
      <Popover
        open={anchor !== null}
        anchorEl={anchor}
        onClose={() => setAnchor(null)}
        anchorOrigin={{ vertical: "bottom", horizontal: "left" }}
        slotProps={{ paper: { role: "dialog", "aria-label": `Accounts of ${takes.group_id}` } }}
      >
        <Typography variant="h3" component="h2" sx={{ p: 1.5, pb: 0.5 }}>
          What accounts of {takes.group_id} could {part}
        </Typography>
        <Table sx={{ maxWidth: 640 }}>
          <TableHead>
            <TableRow>
              <TableCell>Account</TableCell>
              <TableCell align="right" sx={{ whiteSpace: "nowrap" }}>
                Could {part}
              </TableCell>
              <TableCell>Why not more</TableCell>
            </TableRow>
          </TableHead>
          <TableBody>
            {accounts.map((account) => (
              <TableRow key={account.account_id}>
                <TableCell sx={{ whiteSpace: "nowrap" }}>
                  <IdLink of="account" id={account.account_id} /> {account.account_name}
                </TableCell>
                <TableCell align="right">{face(account.max_quantity)}</TableCell>
                <TableCell>{account.reason?.message ?? `It could ${part} all of it`}</TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      </Popover>
    </>
  );
}
