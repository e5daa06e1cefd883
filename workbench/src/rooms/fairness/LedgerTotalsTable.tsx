import {
  FormControlLabel,
  Radio,
  Table,
  TableBody,
  TableCell,
  TableContainer,
  TableHead,
  TableRow,
} from "@mui/material";
import type { LedgerTotals } from "../../api/generated/api";
import { count, money, UNKNOWN } from "../../kit/format";
import { IdLink } from "../../kit/links";
import { ledgerKey, ledgerName, pieces } from "./ledgerWords";

const NUMBERS = ["Orders", "Entitled", "Received", "Sum of balances", "Greatest balance", "In pieces"];

/** The ledgers of the period; one of them, or all, is shown below. */
export function LedgerTotalsTable({
  ledgers,
  chosen,
  onChoose,
}: {
  ledgers: readonly LedgerTotals[];
  chosen: string;
  onChoose: (key: string) => void;
}) {
  return (
    <TableContainer sx={{ mt: 1.5, maxHeight: 320 }} tabIndex={0} role="region" aria-label="Ledgers">
      <Table stickyHeader sx={{ maxWidth: 1200 }}>
        <TableHead>
          <TableRow>
            <TableCell>Ledger</TableCell>
            {NUMBERS.map((name) => (
              <TableCell key={name} align="right">
                {name}
              </TableCell>
            ))}
            <TableCell>Of account</TableCell>
            <TableCell>After order</TableCell>
          </TableRow>
        </TableHead>
        <TableBody>
          <TableRow selected={chosen === ""}>
            <TableCell colSpan={9}>
              <Choice name="All ledgers" value="" chosen={chosen} onChoose={onChoose} />
            </TableCell>
          </TableRow>
          {ledgers.map((each) => {
            const peak = each.greatest_quantity;
            return (
              <TableRow key={ledgerKey(each)} selected={chosen === ledgerKey(each)}>
                <TableCell component="th" scope="row">
                  <Choice
                    name={ledgerName(each.scope, each.side)}
                    value={ledgerKey(each)}
                    chosen={chosen}
                    onChoose={onChoose}
                  />
                </TableCell>
                <TableCell align="right">{count(each.orders)}</TableCell>
                <TableCell align="right">{money(each.entitled_quantity)}</TableCell>
                <TableCell align="right">{money(each.received_quantity)}</TableCell>
                <TableCell align="right">{money(each.balance_sum)}</TableCell>
                <TableCell align="right">{money(peak.quantity)}</TableCell>
                <TableCell align="right">{pieces(each.greatest_pieces.pieces)}</TableCell>
                <TableCell>
                  {peak.account_id ? <IdLink of="account" id={peak.account_id} /> : UNKNOWN}
                </TableCell>
                <TableCell>{peak.order_id ? <IdLink of="order" id={peak.order_id} /> : UNKNOWN}</TableCell>
              </TableRow>
            );
          })}
        </TableBody>
      </Table>
    </TableContainer>
  );
}

function Choice(props: { name: string; value: string; chosen: string; onChoose: (key: string) => void }) {
  return (
    <FormControlLabel
      label={props.name}
      sx={{ m: 0, whiteSpace: "nowrap", "& .MuiFormControlLabel-label": { fontSize: "0.8125rem" } }}
      control={
        <Radio
          name="ledger"
          checked={props.chosen === props.value}
          onChange={() => props.onChoose(props.value)}
          sx={{ p: 0.25, mr: 1 }}
        />
      }
    />
  );
}
