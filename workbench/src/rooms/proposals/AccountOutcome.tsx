import {
  Box,
  MenuItem,
  Table,
  TableBody,
  TableCell,
  TableContainer,
  TableHead,
  TableRow,
  TextField,
  Typography,
} from "@mui/material";
import { lazy, Suspense } from "react";
import type { ProposedAccount, ProposedClass } from "../../api/generated/api";
import { metric, money, points, signed } from "../../kit/format";
import { Section } from "../../kit/Section";
import { Loading } from "../../kit/states";
import { className } from "../drift/driftWords";
import { pictured } from "./outcome";
import { OUTCOMES } from "./proposalWords";

const DriftPicture = lazy(() => import("../drift/DriftPicture"));

/** One account: why it comes back or not, and class by class what the trades do. */
export function AccountOutcome({
  account,
  choices,
  onChoose,
}: {
  account: ProposedAccount;
  choices: readonly string[];
  onChoose: (accountId: string) => void;
}) {
  const { account_id, classes, explanation } = account;
  const shares = classes.filter(({ dimension }) => dimension !== "METRIC");
  return (
    <Section
      title={`Why, for ${account_id}`}
      note={account.account_name !== account_id && account.account_name}
    >
      <Box sx={{ display: "flex", flexWrap: "wrap", gap: 2, alignItems: "center", mb: 1, pt: 0.5 }}>
        {choices.length > 1 && (
          <TextField
            select
            label="Account"
            value={account_id}
            onChange={(event) => onChoose(event.target.value)}
            sx={{ minWidth: 150 }}
          >
            {choices.map((each) => (
              <MenuItem key={each} value={each}>
                {each}
              </MenuItem>
            ))}
          </TextField>
        )}
        <Typography role="status">{explanation}</Typography>
      </Box>
      <Box
        sx={{
          display: "grid",
          gridTemplateColumns: { lg: shares.length > 0 ? "minmax(0, 5fr) minmax(0, 8fr)" : undefined },
          gap: 3,
          alignItems: "start",
        }}
      >
        {shares.length > 0 && (
          <Suspense fallback={<Loading label="Drawing the classes" height={shares.length * 34 + 70} />}>
            <DriftPicture
              classes={pictured(shares)}
              words={`Shares of ${account_id} before and after the trades, ${shares.length} classes; the table beside says the same.`}
              note="Wide bar: share of NAV after the trades, in per cent. Thin bar: before."
            />
          </Suspense>
        )}
        <Classes classes={classes} of={account_id} />
      </Box>
    </Section>
  );
}

function Classes({ classes, of }: { classes: readonly ProposedClass[]; of: string }) {
  return (
    <TableContainer tabIndex={0} role="region" aria-label={`Classes of ${of} in numbers`}>
      <Table aria-label={`Classes of ${of}`}>
        <TableHead>
          <TableRow>
            <TableCell>Class</TableCell>
            {["Before", "After", "Target", "Band", "Trade"].map((name) => (
              <TableCell key={name} align="right">
                {name}
              </TableCell>
            ))}
            <TableCell>State</TableCell>
            <TableCell>Why</TableCell>
          </TableRow>
        </TableHead>
        <TableBody sx={{ "& td, & th": { verticalAlign: "top" } }}>
          {classes.map((each) => (
            <Class key={`${each.dimension} ${each.key}`} of={each} />
          ))}
        </TableBody>
      </Table>
    </TableContainer>
  );
}

function Class({ of }: { of: ProposedClass }) {
  const format = of.dimension === "METRIC" ? metric : points;
  const isBad = of.outcome === "CLOSER" || of.outcome === "OUT";
  return (
    <TableRow>
      <TableCell component="th" scope="row">
        {className(of.dimension, of.key)}
      </TableCell>
      <TableCell align="right">{format(of.before)}</TableCell>
      <TableCell align="right" sx={{ fontWeight: 600 }}>
        {format(of.after)}
      </TableCell>
      <TableCell align="right">{format(of.target)}</TableCell>
      <TableCell align="right" sx={{ whiteSpace: "nowrap" }}>
        {format(of.low)} – {format(of.high)}
      </TableCell>
      <TableCell align="right">{signed(money, of.trade)}</TableCell>
      <TableCell sx={{ whiteSpace: "nowrap", ...(isBad && { fontWeight: 650, color: "warning.main" }) }}>
        {OUTCOMES[of.outcome]}
      </TableCell>
      <TableCell sx={{ minWidth: 220 }}>{of.explanation}</TableCell>
    </TableRow>
  );
}
