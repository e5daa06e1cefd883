import { Box, Table, TableBody, TableCell, TableHead, TableRow, Typography } from "@mui/material";
import type { JointOutcome } from "../../api/generated/api";
import { face, metric, UNKNOWN } from "../../kit/format";
import { Section } from "../../kit/Section";
import { METRIC_UNIT } from "../allocations/view/metrics";
import { jointProofInWords, savedInWords, unallocatedBothInWords } from "./joint";

/** The joint split beside the same lines one after another: dispersion, what stays, and what is proved. */
export function JointPart({ joint }: { joint: JointOutcome }) {
  const most = Math.max(joint.std_dev_before, joint.sequential_std_dev, joint.std_dev);
  const rows = [
    { name: "Before", value: joint.std_dev_before, left: null },
    { name: "One after another", value: joint.sequential_std_dev, left: joint.sequential_unallocated },
    { name: "Jointly", value: joint.std_dev, left: joint.unallocated },
  ];
  return (
    <Section title="Joint split">
      <Box sx={{ display: "grid", gridTemplateColumns: { xs: "1fr", md: "minmax(0, 520px) 1fr" }, gap: 2 }}>
        <Table aria-label="Joint split beside one after another">
          <TableHead>
            <TableRow>
              <TableCell>Split</TableCell>
              <TableCell align="right">Dispersion, {METRIC_UNIT[joint.metric]}</TableCell>
              <TableCell aria-hidden sx={{ width: "35%" }} />
              <TableCell align="right">Unallocated</TableCell>
            </TableRow>
          </TableHead>
          <TableBody>
            {rows.map(({ name, value, left }) => (
              <TableRow key={name}>
                <TableCell component="th" scope="row" sx={{ fontWeight: name === "Jointly" ? 650 : 400 }}>
                  {name}
                </TableCell>
                <TableCell align="right">{metric(value)}</TableCell>
                <TableCell aria-hidden>
                  <Bar
                    value={value}
                    most={most}
                    bound={joint.status === "FALLBACK" ? null : joint.lower_bound}
                    strong={name === "Jointly"}
                  />
                </TableCell>
                <TableCell align="right">{left === null ? UNKNOWN : face(left)}</TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
        <Box>
          <Typography sx={{ fontWeight: 650 }}>{savedInWords(joint)}</Typography>
          <Typography>{unallocatedBothInWords(joint)}</Typography>
          <Typography color="textSecondary">{jointProofInWords(joint)}</Typography>
        </Box>
      </Box>
    </Section>
  );
}

/** A value as a bar, with the bound as a dashed mark; the numbers stand beside it. */
function Bar({
  value,
  most,
  bound,
  strong,
}: {
  value: number;
  most: number;
  bound: number | null;
  strong: boolean;
}) {
  const at = (of: number) => (most > 0 ? `${(100 * of) / most}%` : "0%");
  return (
    <Box sx={{ position: "relative", height: 14 }}>
      <Box
        sx={{
          position: "absolute",
          top: 3,
          height: 8,
          width: at(value),
          bgcolor: strong ? "primary.main" : "text.secondary",
          opacity: strong ? 1 : 0.5,
        }}
      />
      {bound !== null && (
        <Box
          sx={{
            position: "absolute",
            top: 0,
            bottom: 0,
            left: at(bound),
            borderLeft: "1px dashed",
            borderColor: "text.primary",
          }}
        />
      )}
    </Box>
  );
}
