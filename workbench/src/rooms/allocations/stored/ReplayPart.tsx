import { Alert, Box, Button, Typography } from "@mui/material";
import { type Replay, useReplayAllocationMutation } from "../../../api/generated/api";
import { count } from "../../../kit/format";
import { ErrorNote } from "../../../kit/states";

/** Computes the split again from what is stored, and says whether every number is the same. */
export function ReplayPart({ allocationId }: { allocationId: string }) {
  const [replay, { data, error, isLoading }] = useReplayAllocationMutation();
  const start = () => void replay({ allocationId });
  return (
    <Box sx={{ display: "grid", gap: 1, justifyItems: "start" }}>
      <Typography color="textSecondary">
        The split is computed again from its stored inputs and compared with what was shown.
      </Typography>
      <Button variant="outlined" onClick={start} loading={isLoading}>
        Replay
      </Button>
      {error && <ErrorNote error={error} onRetry={start} />}
      {data && <Result replay={data} />}
    </Box>
  );
}

function Result({ replay }: { replay: Replay }) {
  const { differences, evidence_breaks: breaks, engine_changes: changes } = replay;
  return (
    <Alert
      severity={replay.identical ? "success" : "warning"}
      variant="outlined"
      role="status"
      aria-label="Result of the replay"
    >
      {replay.identical
        ? "Identical: every number is the same, and all is stored as it was recorded."
        : `Not identical: ${count(differences.length)} numbers differ, ${count(breaks.length)} stored values are not as recorded.`}
      <List title="Differences" items={differences} />
      <List title="Not as recorded" items={breaks.map((found) => found.message)} />
      <List
        title="Changes of the code since then that can have moved the numbers"
        items={changes.map(({ version, change, rules }) => `${version}: ${change} (${rules.join(", ")})`)}
      />
      <Typography variant="caption" component="p" color="textSecondary">
        Computed by version {replay.recorded_engine_version}, replayed by {replay.engine_version}; inputs{" "}
        {replay.snapshot_sha256.slice(0, 12)}…
      </Typography>
    </Alert>
  );
}

function List({ title, items }: { title: string; items: readonly string[] }) {
  if (items.length === 0) return null;
  return (
    <Box sx={{ mt: 0.5 }}>
      {title}:
      <Box component="ul" sx={{ m: 0, pl: 2.5, maxHeight: 200, overflow: "auto" }}>
        {items.map((item) => (
          <li key={item}>{item}</li>
        ))}
      </Box>
    </Box>
  );
}
