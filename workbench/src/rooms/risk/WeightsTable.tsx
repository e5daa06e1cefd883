import {
  Box,
  Button,
  Table,
  TableBody,
  TableCell,
  TableContainer,
  TableFooter,
  TableHead,
  TableRow,
  TextField,
  Typography,
} from "@mui/material";
import { points } from "../../kit/format";
import { equalPercents, type Percents, readNumber, sumOf } from "./weights";

interface Column {
  /** Such as "Weight, %". */
  name: string;
  percents: Percents;
  onChange: (percents: Percents) => void;
}

/** The weight of each asset in per cent, and shocks beside them where there are any. */
export function WeightsTable({
  assets,
  weights,
  shocks,
  error,
}: {
  assets: readonly string[];
  weights: Omit<Column, "name">;
  shocks?: Omit<Column, "name">;
  error?: string;
}) {
  if (assets.length === 0) return null;
  const columns: Column[] = [
    { ...weights, name: "Weight, %" },
    ...(shocks ? [{ ...shocks, name: "Shock, %" }] : []),
  ];
  return (
    <Box>
      <TableContainer sx={{ maxWidth: shocks ? 520 : 380, maxHeight: 420 }}>
        <Table aria-label="Weights" size="small">
          <TableHead>
            <TableRow>
              <TableCell>Asset</TableCell>
              {columns.map(({ name }) => (
                <TableCell key={name} align="right">
                  {name}
                </TableCell>
              ))}
            </TableRow>
          </TableHead>
          <TableBody>
            {assets.map((asset) => (
              <TableRow key={asset}>
                <TableCell component="th" scope="row">
                  {asset}
                </TableCell>
                {columns.map((column) => (
                  <TableCell key={column.name} align="right" sx={{ py: 0.25 }}>
                    <PercentCell asset={asset} {...column} />
                  </TableCell>
                ))}
              </TableRow>
            ))}
          </TableBody>
          <TableFooter>
            <TableRow>
              <TableCell component="th" scope="row" sx={{ color: "text.primary", fontWeight: 650 }}>
                Sum
              </TableCell>
              <TableCell align="right" sx={{ color: "text.primary", fontWeight: 650 }}>
                {points(sumOf(assets, weights.percents))}
              </TableCell>
              {shocks && <TableCell />}
            </TableRow>
          </TableFooter>
        </Table>
      </TableContainer>
      {error && (
        <Typography role="alert" variant="body2" color="error" sx={{ mt: 0.5 }}>
          {error}
        </Typography>
      )}
      <Button sx={{ mt: 0.5 }} onClick={() => weights.onChange(equalPercents(assets))}>
        Equal weights
      </Button>
    </Box>
  );
}

function PercentCell({ asset, name, percents, onChange }: Column & { asset: string }) {
  const text = percents[asset] ?? "";
  return (
    <TextField
      value={text}
      onChange={(event) => onChange({ ...percents, [asset]: event.target.value })}
      error={text.trim() !== "" && readNumber(text) === null}
      sx={{ width: 100 }}
      slotProps={{
        htmlInput: {
          "aria-label": `${name} of ${asset}`,
          inputMode: "decimal",
          autoComplete: "off",
          style: { textAlign: "right" },
        },
      }}
    />
  );
}
