import {
  Box,
  Button,
  IconButton,
  Stack,
  Table,
  TableBody,
  TableCell,
  TableHead,
  TableRow,
  TextField,
  Typography,
} from "@mui/material";
import { visuallyHidden } from "@mui/utils";
import { useRef, useState } from "react";
import { Help } from "../../../../kit/Help";
import { CloseIcon } from "../../../../kit/icons";
import { IdLink } from "../../../../kit/links";
import { Refused } from "../Refused";
import { useConstraints } from "../useDraftParts";
import { useGroupAccounts } from "../useGroupAccounts";
import { AccountsField } from "./AccountsField";

const MAX_REASON = 200;

/** Accounts that get nothing of this order; each with a reason, which is kept. */
export function Exclusions() {
  const [constraints, change] = useConstraints();
  const { data: accounts = [] } = useGroupAccounts();
  const [chosen, setChosen] = useState<string[]>([]);
  const [reason, setReason] = useState("");
  const field = useRef<HTMLDivElement>(null);
  const excluded = constraints.exclude_accounts ?? [];
  const out = new Set(excluded.map(({ account_id }) => account_id));
  const why =
    chosen.length === 0
      ? "Choose an account first."
      : reason.trim() === ""
        ? "A reason is needed: it is kept and shown."
        : null;
  const put = (exclude_accounts: typeof excluded) =>
    change({ exclude_accounts: exclude_accounts.length > 0 ? exclude_accounts : undefined });
  const add = () => {
    if (why) return;
    put([...excluded, ...chosen.map((account_id) => ({ account_id, reason: reason.trim() }))]);
    setChosen([]);
    setReason("");
    field.current?.querySelector("input")?.focus();
  };
  return (
    <Stack spacing={1}>
      <Stack
        component="form"
        direction="row"
        useFlexGap
        sx={{ flexWrap: "wrap", gap: 1, alignItems: "flex-start" }}
        onSubmit={(event) => {
          event.preventDefault();
          add();
        }}
      >
        <Stack ref={field} direction="row" sx={{ flex: "1 1 320px", maxWidth: 560 }}>
          <AccountsField
            label="Accounts to exclude"
            accounts={accounts.filter(({ account_id }) => !out.has(account_id))}
            value={chosen}
            onChange={setChosen}
          />
          <Help of="Constraints.exclude_accounts" label="accounts to exclude" />
        </Stack>
        <TextField
          label="Reason"
          value={reason}
          onChange={(event) => setReason(event.target.value)}
          sx={{ flex: "1 1 240px", maxWidth: 420 }}
          slotProps={{ htmlInput: { maxLength: MAX_REASON } }}
        />
        <Button type="submit" variant="outlined" disabled={why !== null} sx={{ mt: 0.5 }}>
          Exclude
        </Button>
      </Stack>
      {chosen.length > 0 && why && <Typography color="text.secondary">{why}</Typography>}
      {excluded.length > 0 && (
        <Table aria-label="Excluded accounts" sx={{ maxWidth: 760 }}>
          <TableHead>
            <TableRow>
              <TableCell>Account</TableCell>
              <TableCell>Reason</TableCell>
              <TableCell>
                <Box component="span" sx={visuallyHidden}>
                  What to do
                </Box>
              </TableCell>
            </TableRow>
          </TableHead>
          <TableBody>
            {excluded.map(({ account_id, reason: kept }) => (
              <TableRow key={account_id}>
                <TableCell>
                  <IdLink of="account" id={account_id} />
                </TableCell>
                <TableCell>{kept}</TableCell>
                <TableCell align="right">
                  <IconButton
                    aria-label={`Include ${account_id} again`}
                    onClick={() => put(excluded.filter((one) => one.account_id !== account_id))}
                  >
                    <CloseIcon fontSize="small" />
                  </IconButton>
                </TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      )}
      <Refused
        path="constraints.exclude_accounts"
        name={(part) => excluded[Number(part.split(".")[0])]?.account_id ?? part}
      />
    </Stack>
  );
}
