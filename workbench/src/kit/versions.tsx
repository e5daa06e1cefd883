import {
  Alert,
  Box,
  Button,
  Table,
  TableBody,
  TableCell,
  TableHead,
  TableRow,
  Typography,
} from "@mui/material";

/** What a new version changes: a thing by its name, as it is and as it would be. */
export interface TermChange {
  name: string;
  before: string;
  after: string;
}

/** Somebody has stated a newer version than the one that a form began with. */
export function NewerVersion({
  by,
  version,
  onCompare,
}: {
  by: string | null;
  version: number;
  onCompare: () => void;
}) {
  return (
    <Alert
      severity="warning"
      sx={{ mt: 1.5 }}
      action={
        <Button color="inherit" onClick={onCompare} sx={{ whiteSpace: "nowrap" }}>
          Compare with version {version}
        </Button>
      }
    >
      {by ?? "Somebody"} has stated version {version} meanwhile. What you typed is kept.
    </Alert>
  );
}

/** What a form would change, told when it changes. */
export function ChangesTable({
  changes,
  nothing,
  of,
}: {
  changes: readonly TermChange[];
  /** What is said without changes. */
  nothing: string;
  /** What the things are, such as Term. */
  of: string;
}) {
  return (
    <Box role="status" sx={{ mt: 2 }}>
      <Typography variant="h3" component="h3" sx={{ mb: 0.5 }}>
        What changes
      </Typography>
      {changes.length === 0 ? (
        <Typography variant="body2">{nothing}</Typography>
      ) : (
        <Table aria-label="What changes" sx={{ maxWidth: 900 }}>
          <TableHead>
            <TableRow>
              <TableCell>{of}</TableCell>
              <TableCell>Now</TableCell>
              <TableCell>By the new version</TableCell>
            </TableRow>
          </TableHead>
          <TableBody sx={{ "& td, & th": { verticalAlign: "top" } }}>
            {changes.map(({ name, before, after }) => (
              <TableRow key={name}>
                <TableCell component="th" scope="row">
                  {name}
                </TableCell>
                <TableCell>{before}</TableCell>
                <TableCell sx={{ fontWeight: 600 }}>{after}</TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      )}
    </Box>
  );
}
