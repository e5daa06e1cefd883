import { Table, TableBody, TableCell, TableContainer, TableFooter, TableHead, TableRow } from "@mui/material";
import type { ClassAttribution, DimensionAttribution } from "../../../api/generated/api";
import { cents, points, signed } from "../../../kit/format";
import { className } from "../driftWords";
import { CAUSES, MONEY_CAUSES, moved, POINT_CAUSES, pointsOf, total } from "./attribution";

const SUM = { fontWeight: 650, color: "text.primary", fontSize: "0.8125rem", whiteSpace: "nowrap" };

interface Column {
  name: string;
  text: (found: ClassAttribution) => string;
  /** What stands below it; nothing where a sum says nothing. */
  sum?: (classes: readonly ClassAttribution[]) => string;
}

/** A column whose sum stands below it. */
function added(
  name: string,
  value: (found: ClassAttribution) => number,
  format: (value: number) => string,
): Column {
  return { name, text: (found) => format(value(found)), sum: (classes) => format(total(classes, value)) };
}

const change = (value: number) => signed(points, value);
const moneyChange = (value: number) => signed(cents, value);

const POINTS: readonly Column[] = [
  added("Before", ({ drift_before }) => drift_before, change),
  ...POINT_CAUSES.map((cause) => added(CAUSES[cause].name, (found) => pointsOf(found, cause), change)),
  added("Change", moved, change),
  added("After", ({ drift_after }) => drift_after, change),
];

const MONEY: readonly Column[] = [
  added("Before", ({ value_before }) => value_before, cents),
  ...MONEY_CAUSES.map((cause) => added(CAUSES[cause].name, ({ money }) => money[cause], moneyChange)),
  added("Change", ({ value_before, value_after }) => value_after - value_before, moneyChange),
  added("After", ({ value_after }) => value_after, cents),
];

const RETURN: readonly Column[] = [
  added("Value at the start", ({ value_before }) => value_before, cents),
  added("Made by prices", ({ money }) => money.market, moneyChange),
  added("Contribution, points", ({ contribution }) => contribution, change),
  { name: "Return of the class, %", text: ({ class_return }) => signed(points, class_return) },
];

interface PartProps {
  of: DimensionAttribution;
}

export function PointsTable({ of }: PartProps) {
  return <ClassTable label="Drift by class, in points" of={of} columns={POINTS} />;
}

export function MoneyTable({ of }: PartProps) {
  return <ClassTable label="Value by class" of={of} columns={MONEY} />;
}

export function ReturnTable({ of }: PartProps) {
  return <ClassTable label="Contribution to return by class" of={of} columns={RETURN} maxWidth={760} />;
}

function ClassTable({
  label,
  of: { dimension, classes },
  columns,
  maxWidth,
}: PartProps & { label: string; columns: readonly Column[]; maxWidth?: number }) {
  return (
    <TableContainer tabIndex={0} role="region" aria-label={`${label}, table`} sx={{ maxWidth }}>
      <Table aria-label={label}>
        <TableHead>
          <TableRow>
            <TableCell>Class</TableCell>
            {columns.map(({ name }) => (
              <TableCell key={name} align="right">
                {name}
              </TableCell>
            ))}
          </TableRow>
        </TableHead>
        <TableBody>
          {classes.map((found) => (
            <TableRow key={found.key}>
              <TableCell component="th" scope="row">
                {className(dimension, found.key)}
              </TableCell>
              {columns.map(({ name, text }) => (
                <TableCell key={name} align="right" sx={{ whiteSpace: "nowrap" }}>
                  {text(found)}
                </TableCell>
              ))}
            </TableRow>
          ))}
        </TableBody>
        <TableFooter>
          <TableRow>
            <TableCell component="th" scope="row" sx={SUM}>
              Sum
            </TableCell>
            {columns.map(({ name, sum }) => (
              <TableCell key={name} align="right" sx={SUM}>
                {sum?.(classes)}
              </TableCell>
            ))}
          </TableRow>
        </TableFooter>
      </Table>
    </TableContainer>
  );
}
