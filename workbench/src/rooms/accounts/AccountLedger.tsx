import {
  Box,
  Table,
  TableBody,
  TableCell,
  TableContainer,
  TableHead,
  TableRow,
  Typography,
} from "@mui/material";
import { visuallyHidden } from "@mui/utils";
import { type AccountBalances, useGetAccountLedgerQuery } from "../../api/generated/api";
import { date, money, signed, words } from "../../kit/format";
import { IdLink } from "../../kit/links";
import { Section } from "../../kit/Section";
import { ErrorNote, Loading } from "../../kit/states";
import { ZeroBar } from "../../kit/ZeroBar";
import { ledgerName, pieces } from "../fairness/ledgerWords";

const ENTRIES = 20;

/** What the fairness ledgers owe the account today, beside what they owe others, and the newest entries. */
export function AccountLedger({ accountId }: { accountId: string }) {
  const { data, error, refetch } = useGetAccountLedgerQuery({ accountId, limit: ENTRIES });
  return (
    <Section
      title="Fairness ledger"
      note={data && `Owed on ${date(data.business_date)}, in face; negative: it has had too much`}
    >
      {error ? (
        <ErrorNote error={error} onRetry={refetch} title="The ledger could not be read" />
      ) : !data ? (
        <Loading label="Reading the ledger" height={140} />
      ) : data.balances.length === 0 ? (
        <Typography color="textSecondary">No order has entered this account into a ledger yet.</Typography>
      ) : (
        <Box sx={{ display: "grid", gridTemplateColumns: { xl: "minmax(0, 1fr) minmax(0, 1fr)" }, gap: 3 }}>
          <Balances of={data} />
          <Entries of={data} />
        </Box>
      )}
    </Section>
  );
}

function Balances({ of }: { of: AccountBalances }) {
  return (
    <TableContainer tabIndex={0} role="region" aria-label="Balances">
      <Table aria-label="Balances by ledger" sx={{ "& td": { whiteSpace: "nowrap" } }}>
        <TableHead>
          <TableRow>
            <TableCell>Ledger</TableCell>
            <TableCell align="right">Owed</TableCell>
            <TableCell align="right">Pieces</TableCell>
            <TableCell>
              <Box component="span" sx={visuallyHidden}>
                As a bar
              </Box>
            </TableCell>
            <TableCell align="right" sx={{ whiteSpace: "nowrap" }}>
              Greatest of any
            </TableCell>
          </TableRow>
        </TableHead>
        <TableBody>
          {of.balances.map(({ scope, side, balance, pieces: owed, bound }) => (
            <TableRow key={ledgerName(scope, side)}>
              <TableCell component="th" scope="row" sx={{ whiteSpace: "nowrap" }}>
                {ledgerName(scope, side)}
              </TableCell>
              <TableCell align="right">{signed(money, balance)}</TableCell>
              <TableCell align="right">{pieces(owed)}</TableCell>
              <TableCell>
                <ZeroBar low={Math.min(balance, 0)} high={Math.max(balance, 0)} scale={bound} bound={bound} />
              </TableCell>
              <TableCell align="right">±{money(bound)}</TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </TableContainer>
  );
}

function Entries({ of }: { of: AccountBalances }) {
  return (
    <TableContainer sx={{ maxHeight: 260 }} tabIndex={0} role="region" aria-label="Newest entries">
      <Table stickyHeader sx={{ "& td": { whiteSpace: "nowrap" } }}>
        <TableHead>
          <TableRow>
            <TableCell>Day</TableCell>
            <TableCell>Ledger</TableCell>
            <TableCell>Entry</TableCell>
            <TableCell>Order</TableCell>
            <TableCell align="right">Entitled</TableCell>
            <TableCell align="right">Received</TableCell>
            <TableCell align="right">Adds</TableCell>
          </TableRow>
        </TableHead>
        <TableBody>
          {of.entries.map((entry) => (
            <TableRow
              key={`${entry.order_id} ${entry.kind} ${entry.scope} ${entry.side} ${entry.created_at} ${entry.amount}`}
            >
              <TableCell>{entry.business_date}</TableCell>
              <TableCell>{ledgerName(entry.scope, entry.side)}</TableCell>
              <TableCell>{words(entry.kind)}</TableCell>
              <TableCell>
                <IdLink of="order" id={entry.order_id} />
              </TableCell>
              <TableCell align="right">{money(entry.entitled_quantity)}</TableCell>
              <TableCell align="right">{money(entry.received_quantity)}</TableCell>
              <TableCell align="right">{signed(money, entry.amount)}</TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </TableContainer>
  );
}
