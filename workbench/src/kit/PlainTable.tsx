import {
  type SxProps,
  Table,
  TableBody,
  TableCell,
  TableContainer,
  TableHead,
  TableRow,
  type Theme,
} from "@mui/material";
import type { ReactNode } from "react";

export interface PlainColumn<Row> {
  name: string;
  cell: (row: Row) => ReactNode;
  /** Numbers stand on the right. */
  right?: boolean;
}

/** A short table, the first cell of each row its name; it scrolls sideways by itself where it is too wide. */
export function PlainTable<Row>({
  label,
  rows,
  columns,
  rowKey,
  sx,
}: {
  label: string;
  rows: readonly Row[];
  columns: readonly PlainColumn<Row>[];
  rowKey: (row: Row) => string;
  sx?: SxProps<Theme>;
}) {
  return (
    <TableContainer tabIndex={0} role="region" aria-label={`${label}, table`} sx={sx}>
      <Table aria-label={label} size="small">
        <TableHead>
          <TableRow>
            {columns.map(({ name, right }) => (
              <TableCell key={name} align={right ? "right" : "left"}>
                {name}
              </TableCell>
            ))}
          </TableRow>
        </TableHead>
        <TableBody>
          {rows.map((row) => (
            <TableRow key={rowKey(row)}>
              {columns.map(({ name, right, cell }, place) => (
                <TableCell
                  key={name}
                  align={right ? "right" : "left"}
                  {...(place === 0 ? { component: "th", scope: "row" } : {})}
                  sx={right ? { whiteSpace: "nowrap" } : undefined}
                >
                  {cell(row)}
                </TableCell>
              ))}
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </TableContainer>
  );
}
