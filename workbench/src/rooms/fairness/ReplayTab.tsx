import {
  Alert,
  Box,
  Button,
  MenuItem,
  Table,
  TableBody,
  TableCell,
  TableHead,
  TableRow,
  TextField,
  Typography,
} from "@mui/material";
import type { ColDef } from "ag-grid-community";
import { useState } from "react";
import { useNavigate } from "react-router-dom";
import {
  type AccountReplay,
  type FairnessMode,
  type LedgerReplay,
  type NotRecomputed,
  type Peak,
  useLazyReportFairnessReplayQuery,
} from "../../api/generated/api";
import { DownloadButtons } from "../../kit/DownloadButtons";
import { count, money, percent, signed, UNKNOWN } from "../../kit/format";
import { idColumn, numberColumn, textColumn } from "../../kit/grid/columns";
import { LazyGrid } from "../../kit/grid/LazyGrid";
import { IdLink, PAGE_OF } from "../../kit/links";
import { Empty, ErrorNote, Loading } from "../../kit/states";
import { ledgerKey, ledgerName, pieces } from "./ledgerWords";
import { PeriodBar } from "./PeriodBar";
import { usePeriod } from "./usePeriod";

const RULES: readonly [FairnessMode, string][] = [
  ["LEDGER", "By the ledger"],
  ["PER_ORDER", "Per order"],
];
const MAX_FREE_ROWS = 15;

/** The orders of a period split again by another rule, beside what was recorded. */
export default function ReplayTab() {
  const { asked, params } = usePeriod();
  const [rule, setRule] = useState<FairnessMode>("LEDGER");
  const [weightText, setWeight] = useState("");
  const [replay, { data, error, isFetching, originalArgs }] = useLazyReportFairnessReplayQuery();
  const weight = rule === "LEDGER" && weightText.trim() !== "" ? Number(weightText) : undefined;
  const wrong = weight !== undefined && !(weight >= 0) ? "A number from 0, or nothing." : undefined;
  const wanted = { ...asked, rule, fairnessWeight: weight };
  const start = () => {
    if (!wrong) void replay(wanted);
  };
  const isCurrent = JSON.stringify(originalArgs) === JSON.stringify(wanted);
  return (
    <>
      <PeriodBar />
      <Box
        component="form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          start();
        }}
        sx={{ display: "flex", flexWrap: "wrap", gap: 1, alignItems: "flex-start", mb: 1.5 }}
      >
        <RuleFields rule={rule} onRule={setRule} weight={weightText} onWeight={setWeight} wrong={wrong} />
        <Button type="submit" variant="contained" loading={isFetching}>
          Split the orders again
        </Button>
        {data && isCurrent && (
          <DownloadButtons
            of="the comparison"
            files={(["csv", "xlsx"] as const).map((format) => ({
              label: format.toUpperCase(),
              url: "reports/fairness-ledger/replay",
              params: { ...params, rule, fairness_weight: weight, format },
            }))}
          />
        )}
      </Box>
      {isFetching ? (
        <Loading label="Splitting the orders again" height={320} />
      ) : error && isCurrent ? (
        <ErrorNote error={error} onRetry={start} title="The orders were not split again" />
      ) : data && isCurrent ? (
        <Result found={data} />
      ) : (
        <Empty title="What would another rule have given?">
          Each order of the period is split again from its stored inputs, on the book that the orders before
          it would have left. What an order gave in all stays as recorded.
        </Empty>
      )}
    </>
  );
}

interface RuleFieldsProps {
  rule: FairnessMode;
  onRule: (rule: FairnessMode) => void;
  weight: string;
  onWeight: (typed: string) => void;
  wrong: string | undefined;
}

function RuleFields({ rule, onRule, weight, onWeight, wrong }: RuleFieldsProps) {
  return (
    <>
      <TextField
        select
        label="Split again"
        value={rule}
        onChange={(event) => onRule(event.target.value as FairnessMode)}
        sx={{ width: 150 }}
      >
        {RULES.map(([value, words]) => (
          <MenuItem key={value} value={value}>
            {words}
          </MenuItem>
        ))}
      </TextField>
      {rule === "LEDGER" && (
        <TextField
          label="Weight against dispersion"
          value={weight}
          onChange={(event) => onWeight(event.target.value)}
          error={wrong !== undefined}
          helperText={wrong ?? "Empty: as each order asked"}
          sx={{ width: 220 }}
        />
      )}
    </>
  );
}

function Result({ found }: { found: LedgerReplay }) {
  return (
    <Box role="status">
      <Typography sx={{ fontWeight: 600, mb: 0.5 }}>{found.message}</Typography>
      <Typography variant="body2" color="textSecondary">
        Orders: {count(found.orders)}. Split again: {count(found.recomputed)}. By stated weights or a base of
        their own, which no rule moves: {count(found.kept)}. Older than the ledger:{" "}
        {count(found.before_ledger)}.
      </Typography>
      <Totals found={found} />
      {found.not_recomputed.length > 0 && <NotSplit orders={found.not_recomputed} />}
      <Accounts accounts={found.accounts} />
    </Box>
  );
}

function Totals({ found }: { found: LedgerReplay }) {
  const rows: [string, (side: LedgerReplay["recorded"]) => React.ReactNode][] = [
    ["Accounts that were entitled to something and got nothing", (side) => count(side.accounts_with_nothing)],
    ["Greatest balance of an account after any order", (side) => <PeakCell peak={side.greatest_quantity} />],
    ["The same in minimum pieces", (side) => pieces(side.greatest_pieces.pieces)],
  ];
  return (
    <Table sx={{ mt: 1.5, maxWidth: 900 }} aria-label="Recorded and split again">
      <TableHead>
        <TableRow>
          <TableCell>Over the period</TableCell>
          <TableCell>Recorded</TableCell>
          <TableCell>{found.rule === "LEDGER" ? "By the ledger" : "Per order"}</TableCell>
        </TableRow>
      </TableHead>
      <TableBody>
        {rows.map(([name, value]) => (
          <TableRow key={name}>
            <TableCell component="th" scope="row">
              {name}
            </TableCell>
            <TableCell>{value(found.recorded)}</TableCell>
            <TableCell>{value(found.replayed)}</TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

function PeakCell({ peak }: { peak: Peak }) {
  if (peak.account_id === null || peak.order_id === null) return UNKNOWN;
  return (
    <>
      {money(peak.quantity)}: <IdLink of="account" id={peak.account_id} /> after{" "}
      <IdLink of="order" id={peak.order_id} />
    </>
  );
}

function NotSplit({ orders }: { orders: readonly NotRecomputed[] }) {
  return (
    <Alert severity="warning" sx={{ mt: 1.5 }}>
      The rule cannot split {count(orders.length)} of the orders; they count as recorded.
      <Box component="ul" sx={{ m: 0, pl: 2.5, maxHeight: 160, overflow: "auto" }}>
        {orders.map((each) => (
          <li key={each.order_id}>
            <IdLink of="order" id={each.order_id} /> ({each.business_date}): {each.reason}
          </li>
        ))}
      </Box>
    </Alert>
  );
}

const owed = (value: number | null | undefined) => signed(money, value);

const COLUMNS: ColDef<AccountReplay>[] = [
  idColumn("Account", "account", (each) => each.account_id, { width: 104, pinned: "left" }),
  textColumn("Name", (each) => each.account_name, { width: 200 }),
  textColumn("Ledger", (each) => ledgerName(each.scope, each.side), { width: 140 }),
  numberColumn("Entitled", (each) => each.entitled_quantity, money),
  numberColumn("Received", (each) => each.recorded_received, money),
  numberColumn("By the rule", (each) => each.replayed_received, money),
  numberColumn("Difference", (each) => each.replayed_received - each.recorded_received, owed),
  numberColumn("Ratio", (each) => each.recorded_ratio, percent, { width: 100 }),
  numberColumn("Ratio by the rule", (each) => each.replayed_ratio, percent, { width: 130 }),
  numberColumn("Owed at the end", (each) => each.recorded_balance, owed, { width: 136 }),
  numberColumn("Owed by the rule", (each) => each.replayed_balance, owed, { width: 136 }),
];

function Accounts({ accounts }: { accounts: AccountReplay[] }) {
  const navigate = useNavigate();
  return (
    <Box sx={{ mt: 2 }}>
      <Typography variant="h3" component="h2" sx={{ mb: 1 }}>
        By account
      </Typography>
      <LazyGrid<AccountReplay>
        label="Recorded and split again, by account"
        rows={accounts}
        columns={COLUMNS}
        rowId={(each) => `${ledgerKey(each)} ${each.account_id}`}
        onOpen={(each) => navigate(PAGE_OF.account(each.account_id))}
        height={accounts.length > MAX_FREE_ROWS ? "calc(100vh - 220px)" : undefined}
        totalsText={`${count(accounts.length)} lines`}
      />
    </Box>
  );
}
