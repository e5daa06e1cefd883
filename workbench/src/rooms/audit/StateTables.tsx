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
import { UNKNOWN, words } from "../../kit/format";
import { type Change, differences, evidenceBlocks } from "./differences";

type State = Record<string, unknown> | null;

const MARKS: Record<Change, string> = {
  SAME: "",
  CHANGED: "~ changed",
  ADDED: "+ added",
  REMOVED: "− removed",
};
const COLOURS: Record<Change, string> = {
  SAME: "text.secondary",
  CHANGED: "warning.main",
  ADDED: "success.main",
  REMOVED: "error.main",
};

/** State before and after beside each other, each difference marked by a word and a colour. */
export function Differences({ before, after }: { before: State; after: State }) {
  const rows = differences(before, after);
  if (rows.length === 0)
    return <Typography variant="body2">The record has no state before or after.</Typography>;
  return (
    <TableContainer>
      <Table aria-label="State before and after" sx={{ maxWidth: 1100 }}>
        <TableHead>
          <TableRow>
            <TableCell>Field</TableCell>
            <TableCell>Before</TableCell>
            <TableCell>After</TableCell>
            <TableCell>Difference</TableCell>
          </TableRow>
        </TableHead>
        <TableBody sx={{ "& td": { overflowWrap: "anywhere", verticalAlign: "top" } }}>
          {rows.map(({ path, before: was, after: is, change }) => (
            <TableRow key={path}>
              <TableCell component="th" scope="row">
                <code>{path}</code>
              </TableCell>
              <TableCell>{was ?? UNKNOWN}</TableCell>
              <TableCell sx={{ fontWeight: change === "SAME" ? 400 : 600 }}>{is ?? UNKNOWN}</TableCell>
              <TableCell sx={{ color: COLOURS[change], whiteSpace: "nowrap" }}>{MARKS[change]}</TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </TableContainer>
  );
}

/** Rows of the tables that were written with the record. */
export function Evidence({ after }: { after: State }) {
  return evidenceBlocks(after).map(({ table, columns, values, whole }) => (
    <Box key={table} sx={{ mt: 2 }}>
      <Typography variant="h3" component="h2">
        Rows of {words(table).toLowerCase()}
      </Typography>
      <Typography variant="caption" color="textSecondary">
        {whole ? "All rows that the table then had of it" : "The rows that were written"}
      </Typography>
      <TableContainer sx={{ maxHeight: 320 }} tabIndex={0} role="region" aria-label={`Rows of ${table}`}>
        <Table stickyHeader>
          <TableHead>
            <TableRow>
              {columns.map((column) => (
                <TableCell key={column}>{column}</TableCell>
              ))}
            </TableRow>
          </TableHead>
          <TableBody>
            {values.map((row) => (
              <TableRow key={JSON.stringify(row)}>
                {row.map((value, place) => (
                  <TableCell
                    key={columns[place]}
                    sx={{ whiteSpace: "nowrap", maxWidth: 260, overflow: "hidden", textOverflow: "ellipsis" }}
                    title={value ?? undefined}
                  >
                    {value ?? UNKNOWN}
                  </TableCell>
                ))}
              </TableRow>
            ))}
          </TableBody>
        </Table>
      </TableContainer>
    </Box>
  ));
}
