import { Table, TableBody, TableCell, TableContainer, TableHead, TableRow } from "@mui/material";
import type { NotProposed, ProposalStage } from "../../api/generated/api";
import { count, words } from "../../kit/format";
import { groupBy } from "../../kit/groupBy";
import { Section } from "../../kit/Section";
import { gapWords, stageName, stageValue, toldStages } from "./proposalWords";

/** What was reached beside what nothing betters, the most important first. */
export function ProofPart({ stages, isOptimal }: { stages: readonly ProposalStage[]; isOptimal: boolean }) {
  return (
    <Section title="What is proved" note="In this order: what comes later never costs what comes before">
      <TableContainer tabIndex={0} role="region" aria-label="Proof in numbers">
        <Table aria-label="What is proved" sx={{ maxWidth: 900 }}>
          <TableHead>
            <TableRow>
              <TableCell>Number</TableCell>
              <TableCell align="right">Reached</TableCell>
              <TableCell align="right">Nothing betters</TableCell>
              <TableCell>Gap</TableCell>
            </TableRow>
          </TableHead>
          <TableBody>
            {toldStages(stages).map((stage) => (
              <TableRow key={stage.name}>
                <TableCell component="th" scope="row">
                  {stageName(stage)}
                </TableCell>
                <TableCell align="right">{stageValue(stage, stage.reached)}</TableCell>
                <TableCell align="right">{stageValue(stage, stage.bound)}</TableCell>
                <TableCell>{gapWords(stage, isOptimal)}</TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      </TableContainer>
    </Section>
  );
}

/** Bonds and accounts that take no part, gathered by why. */
export function LeftOutPart({ leftOut }: { leftOut: readonly NotProposed[] }) {
  const reasons = groupBy(leftOut, ({ code, message }) => `${code} ${message}`);
  if (leftOut.length === 0) return null;
  return (
    <Section title="Left out" note="Bonds and accounts that take no part">
      <Table aria-label="Left out" sx={{ maxWidth: 900 }}>
        <TableHead>
          <TableRow>
            <TableCell>Reason</TableCell>
            <TableCell>In words</TableCell>
            <TableCell>Bonds or accounts</TableCell>
          </TableRow>
        </TableHead>
        <TableBody sx={{ "& td, & th": { verticalAlign: "top" } }}>
          {[...reasons].map(([key, [first, ...others]]) => (
            <TableRow key={key}>
              <TableCell component="th" scope="row">
                {first && words(first.code)}
              </TableCell>
              <TableCell>{first?.message}</TableCell>
              <TableCell>
                {others.length === 0 ? (
                  first?.id
                ) : (
                  <Ids of={[first, ...others].flatMap((each) => each?.id ?? [])} />
                )}
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </Section>
  );
}

function Ids({ of }: { of: readonly string[] }) {
  return (
    <details>
      <summary>{count(of.length)}</summary>
      {of.join(", ")}
    </details>
  );
}
