import { Box, Checkbox, FormControlLabel, Typography } from "@mui/material";
import { count } from "../../kit/format";
import { ErrorNote } from "../../kit/states";
import { warningInWords } from "./blotterWords";
import { type LineWarnings, MOST_REVIEWED, type useLineWarnings } from "./useLineWarnings";

const MOST_MESSAGES = 3;

export interface WarningsReviewProps {
  read: ReturnType<typeof useLineWarnings>;
  accepted: ReadonlySet<number>;
  onAccept: (lines: ReadonlySet<number>) => void;
  /** Warnings of all lines are overridden; nothing where the user may not do that. */
  overrides: boolean;
  onOverride?: (on: boolean) => void;
}

/** The warnings of the lines that are to be committed, accepted line by line or all together. */
export function WarningsReview({ read, accepted, onAccept, overrides, onOverride }: WarningsReviewProps) {
  const { found, error, again, count: all } = read;
  if (all === 0) return null;
  const title = all === 1 ? "1 line has warnings" : `${count(all)} lines have warnings`;
  return (
    <Box component="section" aria-label="Warnings of the lines">
      <Typography sx={{ fontWeight: 650 }}>{title}</Typography>
      <Typography color="textSecondary">
        A line whose warnings are not accepted is not sent, and can be committed later.
      </Typography>
      {onOverride && (
        <FormControlLabel
          control={<Checkbox checked={overrides} onChange={(_event, on) => onOverride(on)} />}
          label="Override the warnings of all lines"
        />
      )}
      {error !== null && <ErrorNote error={error} onRetry={again} title="The warnings cannot be read" />}
      {found === null && error === null && <Typography role="status">Reading the warnings</Typography>}
      {found !== null && !overrides && <ByLine {...{ found, accepted, onAccept }} />}
      {all > MOST_REVIEWED && (
        <Typography color="textSecondary">
          The first {count(MOST_REVIEWED)} are shown; the others can be committed afterwards.
        </Typography>
      )}
    </Box>
  );
}

type Choice = Pick<WarningsReviewProps, "accepted" | "onAccept">;

function ByLine({ found, accepted, onAccept }: Choice & { found: readonly LineWarnings[] }) {
  const every = found.length > 0 && found.every(({ line }) => accepted.has(line.line));
  return (
    <Box sx={{ maxHeight: 220, overflow: "auto" }} tabIndex={0} role="group" aria-label="Warnings by line">
      <FormControlLabel
        control={
          <Checkbox
            checked={every}
            indeterminate={!every && accepted.size > 0}
            onChange={(_event, on) => onAccept(new Set(on ? found.map(({ line }) => line.line) : []))}
          />
        }
        label="Accept all that are shown"
      />
      {found.map((each) => (
        <LineRow key={each.line.line} {...each} {...{ accepted, onAccept }} />
      ))}
    </Box>
  );
}

function LineRow({ line: { line }, warnings, accepted, onAccept }: Choice & LineWarnings) {
  const change = (on: boolean) => {
    const next = new Set(accepted);
    if (on) next.add(line);
    else next.delete(line);
    onAccept(next);
  };
  const many = warnings.length === 1 ? "1 warning" : `${count(warnings.length)} warnings`;
  return (
    <Box sx={{ pl: 2 }}>
      <FormControlLabel
        control={<Checkbox checked={accepted.has(line)} onChange={(_event, on) => change(on)} />}
        label={`Accept ${many} of line ${line}`}
      />
      {warnings.slice(0, MOST_MESSAGES).map((warning) => (
        <Typography key={warning.warning_id} variant="body2" color="textSecondary" sx={{ pl: 3.5 }}>
          {warningInWords(warning)}
        </Typography>
      ))}
      {warnings.length > MOST_MESSAGES && (
        <Typography variant="body2" color="textSecondary" sx={{ pl: 3.5 }}>
          and {count(warnings.length - MOST_MESSAGES)} more, on the page of its preview
        </Typography>
      )}
    </Box>
  );
}
