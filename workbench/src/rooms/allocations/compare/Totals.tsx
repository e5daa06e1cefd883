import {
  Box,
  Button,
  Table,
  TableBody,
  TableCell,
  TableContainer,
  TableHead,
  TableRow,
  Tooltip,
  Typography,
} from "@mui/material";
import { visuallyHidden } from "@mui/utils";
import type { Comparison, ShownVariant } from "../../../api/generated/api";
import { count, face, metric, percent, UNKNOWN, words } from "../../../kit/format";
import { IdLink } from "../../../kit/links";
import { piecesOf } from "../method/fairness/frontier";
import { METHODS } from "../method/methods";
import { aboveLeast, leastDispersion } from "./variants";

const pieces = new Intl.NumberFormat("en-US", { maximumFractionDigits: 1 });
const milliseconds = new Intl.NumberFormat("en-US", { maximumFractionDigits: 1 });
const HEADINGS = [
  "Dispersion after",
  "Over the least",
  "Allocated",
  "Unallocated",
  "Accounts",
  "Warnings",
  "Greatest balance, pieces",
  "Time, ms",
];

/** One row for each variant: what came of it, and the way to go on with it. */
export function Totals({
  comparison,
  blocked,
  choosing,
  onChoose,
}: {
  comparison: Comparison;
  /** Why none can be chosen; null where one can. */
  blocked: string | null;
  /** Name of the variant that is being chosen. */
  choosing: string | null;
  onChoose: (variant: ShownVariant) => void;
}) {
  const use = (variant: ShownVariant): UseProps => ({
    name: variant.name,
    blocked:
      blocked ?? (choosing === null || choosing === variant.name ? null : "Another one is being taken."),
    busy: choosing === variant.name,
    onUse: () => onChoose(variant),
  });
  return (
    <TableContainer>
      <Table aria-label="Variants with their totals">
        <Headings />
        <TableBody>
          {comparison.variants.map((variant) => (
            <VariantRow
              key={variant.name}
              variant={variant}
              least={leastDispersion(comparison.variants, variant)}
              use={use(variant)}
            />
          ))}
        </TableBody>
      </Table>
    </TableContainer>
  );
}

function Headings() {
  return (
    <TableHead>
      <TableRow>
        <TableCell>Variant</TableCell>
        {HEADINGS.map((heading) => (
          <TableCell key={heading} align="right">
            {heading}
          </TableCell>
        ))}
        <TableCell sx={{ display: { xs: "none", md: "table-cell" } }}>
          <Box component="span" sx={visuallyHidden}>
            What to do
          </Box>
        </TableCell>
      </TableRow>
    </TableHead>
  );
}

function VariantRow({ variant, least, use }: { variant: ShownVariant; least: number | null; use: UseProps }) {
  const method = METHODS.find(({ value }) => value === variant.allocation_method)?.title;
  return (
    <TableRow hover>
      <TableCell component="th" scope="row">
        <Typography component="span" sx={{ fontWeight: 650, display: "block" }}>
          {variant.name}
        </Typography>
        <Typography component="span" variant="caption" color="textSecondary">
          {method}, {words(variant.parameters.target_metric).toLowerCase()}
        </Typography>
        {!variant.problem && (
          <Box sx={{ display: { md: "none" }, mt: 0.5 }}>
            <Use {...use} />
          </Box>
        )}
      </TableCell>
      {variant.problem ? (
        <TableCell colSpan={HEADINGS.length + 1}>
          <Failed problem={variant.problem} />
        </TableCell>
      ) : (
        <>
          <Figures variant={variant} least={least} />
          <TableCell align="right" sx={{ whiteSpace: "nowrap", display: { xs: "none", md: "table-cell" } }}>
            {variant.allocation_id && (
              <Box component="span" sx={{ mr: 1 }}>
                <IdLink of="allocation" id={variant.allocation_id} label="Chosen before" />
              </Box>
            )}
            <Use {...use} />
          </TableCell>
        </>
      )}
    </TableRow>
  );
}

interface UseProps {
  name: string;
  blocked: string | null;
  busy: boolean;
  onUse: () => void;
}

function Use({ name, blocked, busy, onUse }: UseProps) {
  return (
    <Tooltip title={blocked ?? ""}>
      <span>
        <Button
          variant="outlined"
          disabled={blocked !== null}
          loading={busy}
          onClick={onUse}
          aria-label={`Use this one: ${name}`}
          sx={{ whiteSpace: "nowrap" }}
        >
          Use this one
        </Button>
      </span>
    </Tooltip>
  );
}

function Figures({ variant, least }: { variant: ShownVariant; least: number | null }) {
  const { summary, warnings } = variant;
  const after = summary?.dispersion_metrics.post_trade_std_dev ?? null;
  const greatest = summary?.fairness?.greatest_after ?? null;
  const cost = aboveLeast(after, least);
  const cells = [
    metric(after),
    cost === 0 ? "least" : cost === null ? UNKNOWN : `+${percent(cost)}`,
    face(summary?.total_allocated),
    face(summary?.unallocated),
    `${count(summary?.accounts_allocated)} of ${count((summary?.accounts_allocated ?? 0) + (summary?.accounts_skipped ?? 0))}`,
    count(warnings.length),
    greatest ? `${pieces.format(piecesOf(greatest))} (${greatest.account_id})` : UNKNOWN,
    milliseconds.format(variant.milliseconds),
  ];
  return cells.map((cell, at) => (
    <TableCell key={HEADINGS[at]} align="right" sx={{ whiteSpace: "nowrap" }}>
      {at === 1 && cost === 0 ? <strong>{cell}</strong> : cell}
    </TableCell>
  ));
}

function Failed({ problem }: { problem: NonNullable<ShownVariant["problem"]> }) {
  return (
    <Box sx={{ color: "error.main" }}>
      <strong>{problem.title}.</strong>{" "}
      {problem.errors.length === 0
        ? problem.detail
        : problem.errors.map(({ field, message }) => (
            <Box component="span" key={`${field} ${message}`} sx={{ display: "block" }}>
              <code>{field}</code>: {message}
            </Box>
          ))}
    </Box>
  );
}
