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
  Tooltip,
  Typography,
} from "@mui/material";
import { visuallyHidden } from "@mui/utils";
import { type FormEvent, useRef, useState } from "react";
import type { Exclusion } from "../../../../api/generated/api";
import { Help } from "../../../../kit/Help";
import { CloseIcon } from "../../../../kit/icons";
import { IdLink } from "../../../../kit/links";
import { Refused } from "../Refused";
import { useConstraints } from "../useDraftParts";
import { useGroupAccounts } from "../useGroupAccounts";
import { AccountsField } from "./AccountsField";
import { MAX_REASON, PasteExclusions } from "./PasteExclusions";

/** Accounts that get nothing of this order; each with a reason, which is kept. */
export function Exclusions() {
  const [constraints, change] = useConstraints();
  const excluded = constraints.exclude_accounts ?? [];
  const box = useRef<HTMLDivElement>(null);
  const put = (exclude_accounts: Exclusion[]) => {
    change({ exclude_accounts: exclude_accounts.length > 0 ? exclude_accounts : undefined });
    box.current?.querySelector("input")?.focus();
  };
  return (
    <Stack spacing={1} ref={box}>
      <Exclude excluded={excluded} onAdd={(more) => put([...excluded, ...more])} />
      <PasteExclusions excluded={excluded} onChange={put} />
      {excluded.length > 0 && <Excluded excluded={excluded} onChange={put} />}
      <Refused
        path="constraints.exclude_accounts"
        name={(part) => excluded[Number(part.split(".")[0])]?.account_id ?? part}
      />
    </Stack>
  );
}

function Exclude({ excluded, onAdd }: { excluded: Exclusion[]; onAdd: (more: Exclusion[]) => void }) {
  const { data: accounts = [] } = useGroupAccounts();
  const [chosen, setChosen] = useState<string[]>([]);
  const [reason, setReason] = useState("");
  const out = new Set(excluded.map(({ account_id }) => account_id));
  const why =
    chosen.length === 0
      ? "Choose an account first."
      : reason.trim() === ""
        ? "A reason is needed: it is kept and shown."
        : null;
  const add = (event: FormEvent) => {
    event.preventDefault();
    if (why) return;
    onAdd(chosen.map((account_id) => ({ account_id, reason: reason.trim() })));
    setChosen([]);
    setReason("");
  };
  return (
    <Box component="form" onSubmit={add}>
      <Stack direction="row" useFlexGap sx={{ flexWrap: "wrap", gap: 1, alignItems: "flex-start" }}>
        <Stack direction="row" sx={{ flex: "1 1 320px", maxWidth: 560 }}>
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
        <Tooltip title={why ?? ""}>
          <span>
            <Button type="submit" variant="outlined" disabled={why !== null} sx={{ mt: 0.5 }}>
              Exclude
            </Button>
          </span>
        </Tooltip>
      </Stack>
      {chosen.length > 0 && why && <Typography color="textSecondary">{why}</Typography>}
    </Box>
  );
}

function Excluded({ excluded, onChange }: { excluded: Exclusion[]; onChange: (left: Exclusion[]) => void }) {
  return (
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
        {excluded.map(({ account_id, reason }) => (
          <TableRow key={account_id}>
            <TableCell>
              <IdLink of="account" id={account_id} />
            </TableCell>
            <TableCell>{reason}</TableCell>
            <TableCell align="right">
              <IconButton
                aria-label={`Include ${account_id} again`}
                onClick={() => onChange(excluded.filter((one) => one.account_id !== account_id))}
              >
                <CloseIcon fontSize="small" />
              </IconButton>
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
