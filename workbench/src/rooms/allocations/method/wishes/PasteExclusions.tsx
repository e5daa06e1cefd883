import { Box, Button, TextField, Typography } from "@mui/material";
import { lazy, Suspense, useMemo, useState } from "react";
import type { Exclusion } from "../../../../api/generated/api";
import type { TextColumn } from "../pasted";
import { useGroupAccounts } from "../useGroupAccounts";
import { withPasted } from "./wishes";

const PasteDialog = lazy(() => import("../PasteDialog"));

export const MAX_REASON = 200;
const REASONS: TextColumn[] = [{ key: "reason", header: "Reason", kind: "text", most: MAX_REASON }];

/** Accounts to exclude from a spreadsheet, by id or name, each with its reason or one for all. */
export function PasteExclusions({
  excluded,
  onChange,
}: {
  excluded: Exclusion[];
  onChange: (excluded: Exclusion[]) => void;
}) {
  const { data: accounts } = useGroupAccounts();
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState("");
  const [said, setSaid] = useState("");
  const options = useMemo(() => ({ defaults: { reason: reason.trim() } }), [reason]);
  return (
    <Box sx={{ display: "flex", flexWrap: "wrap", alignItems: "center", gap: 1.5 }}>
      <Button variant="outlined" disabled={!accounts} onClick={() => setOpen(true)}>
        Paste exclusions
      </Button>
      <Typography role="status" color="textSecondary">
        {said}
      </Typography>
      {open && accounts && (
        <Suspense>
          <PasteDialog
            title="Paste: accounts to exclude"
            text=""
            accounts={accounts}
            columns={REASONS}
            options={options}
            replaces={false}
            onClose={() => setOpen(false)}
            onTake={(taken, replace, words) => {
              onChange(withPasted(excluded, taken, replace));
              setSaid(words);
              setOpen(false);
            }}
          >
            <TextField
              label="Reason for lines without one"
              value={reason}
              onChange={(event) => setReason(event.target.value)}
              slotProps={{ htmlInput: { maxLength: MAX_REASON } }}
            />
          </PasteDialog>
        </Suspense>
      )}
    </Box>
  );
}
