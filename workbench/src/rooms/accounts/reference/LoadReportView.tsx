import { Box, Table, TableBody, TableCell, TableHead, TableRow, Typography } from "@mui/material";
import type { LoadReport } from "../../../api/generated/api";
import { count, UNKNOWN, words } from "../../../kit/format";

const MAX_SHOWN = 500;

/** What a load changes, or would change: a line for each value. */
export function LoadReportView({ report, dryRun }: { report: LoadReport; dryRun: boolean }) {
  return (
    <Box role="status">
      {report.files.map((file) => (
        <Box key={file.file} sx={{ mb: 2 }}>
          <Typography variant="h3" component="h3">
            {file.file}: {count(file.rows)} rows,{" "}
            {`${count(file.added)} ${dryRun ? "would be added" : "added"}, ${count(file.changed)} changed, ${count(file.removed)} removed, ${count(file.not_in_file)} stored ones not in the file`}
          </Typography>
          {file.changes.length > 0 && (
            <Table aria-label={`Changes of ${file.file}`} sx={{ maxWidth: 900 }}>
              <TableHead>
                <TableRow>
                  {["Change", "Row", "Column", "Before", "After"].map((name) => (
                    <TableCell key={name}>{name}</TableCell>
                  ))}
                </TableRow>
              </TableHead>
              <TableBody>
                {file.changes.slice(0, MAX_SHOWN).map((change) => (
                  <TableRow key={`${change.kind} ${change.key} ${change.column}`}>
                    <TableCell>{words(change.kind)}</TableCell>
                    <TableCell component="th" scope="row">
                      {change.key}
                    </TableCell>
                    <TableCell>{change.column ?? ""}</TableCell>
                    <TableCell>{change.before ?? UNKNOWN}</TableCell>
                    <TableCell>{change.after ?? UNKNOWN}</TableCell>
                  </TableRow>
                ))}
              </TableBody>
            </Table>
          )}
          {file.changes.length > MAX_SHOWN && (
            <Typography color="textSecondary">{`The first ${MAX_SHOWN} of ${count(file.changes.length)} changes are shown.`}</Typography>
          )}
        </Box>
      ))}
    </Box>
  );
}
