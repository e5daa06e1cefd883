import { Table, TableBody, TableCell, TableContainer, TableHead, TableRow } from "@mui/material";
import type { NotProposed, ProposalStage } from "../../api/generated/api";
import { words } from "../../kit/format";
import { Section } from "../../kit/Section";
import { gapWords, stageName, stageValue } from "./proposalWords";

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
            {stages.map((stage) => (
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

/** Bonds and accounts that take no part, each with why. */
export function LeftOutPart({ leftOut }: { leftOut: readonly NotProposed[] }) {
  if (leftOut.length === 0) return null;
  return (
    <Section title="Left out" note="Bonds and accounts that take no part">
      <TableContainer
        tabIndex={0}
        role="region"
        aria-label="What is left out, and why"
        sx={{ maxHeight: 320 }}
      >
        <Table aria-label="Left out" sx={{ maxWidth: 900 }}>
          <TableHead>
            <TableRow>
              <TableCell>Bond or account</TableCell>
              <TableCell>Reason</TableCell>
              <TableCell>In words</TableCell>
            </TableRow>
          </TableHead>
          <TableBody>
            {leftOut.map(({ id, code, message }) => (
              <TableRow key={`${id} ${code} ${message}`}>
                <TableCell component="th" scope="row">
                  {id}
                </TableCell>
                <TableCell>{words(code)}</TableCell>
                <TableCell>{message}</TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      </TableContainer>
    </Section>
  );
}
