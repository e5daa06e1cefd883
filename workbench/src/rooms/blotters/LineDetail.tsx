import { Box, Typography } from "@mui/material";
import { type ShownLine, useGetAllocationQuery } from "../../api/generated/api";
import { face } from "../../kit/format";
import { IdLink } from "../../kit/links";
import { SideMark } from "../../kit/Side";
import { ErrorNote } from "../../kit/states";
import { dispersionInWords, unallocatedInWords } from "../allocations/view/words";
import { warningInWords } from "./blotterWords";

const MOST_WARNINGS = 5;

/** The line that the keyboard or the mouse is on: what stays unallocated and why, and its warnings. */
export function LineDetail({ line }: { line: ShownLine | null }) {
  return (
    <Box
      component="section"
      aria-label="Chosen line"
      sx={{ minHeight: 88, mt: 1, py: 1, borderTop: 1, borderColor: "divider" }}
    >
      {line === null ? (
        <Typography color="textSecondary">
          Choose a line to see why face stays unallocated, and its warnings.
        </Typography>
      ) : (
        <>
          <Typography sx={{ fontWeight: 650 }}>
            Line {line.line}: <SideMark side={line.side} /> {face(line.quantity)} of{" "}
            <IdLink inText of="security" id={line.security_id} label={line.security_id} />
            {line.allocation_id && (
              <>
                {" · "}
                <IdLink inText of="allocation" id={line.allocation_id} label="Open the preview" />
              </>
            )}
          </Typography>
          {line.errors.map(({ field, message }) => (
            <Typography key={`${field} ${message}`} color="error">
              {field ? `${field}: ${message}` : message}
            </Typography>
          ))}
          {line.allocation_id && <PreviewWords allocationId={line.allocation_id} />}
        </>
      )}
    </Box>
  );
}

function PreviewWords({ allocationId }: { allocationId: string }) {
  const { currentData, error, refetch } = useGetAllocationQuery({ allocationId });
  if (error) return <ErrorNote error={error} onRetry={refetch} title="The preview cannot be read" />;
  if (!currentData) return <Typography color="textSecondary">Reading the preview</Typography>;
  const left = unallocatedInWords(currentData);
  const { warnings } = currentData;
  return (
    <>
      {left && <Typography color="warning">{left}</Typography>}
      <Typography>{dispersionInWords(currentData)}</Typography>
      {warnings
        .filter(({ message }) => message !== left)
        .slice(0, MOST_WARNINGS)
        .map((warning) => (
          <Typography key={warning.warning_id} color="textSecondary">
            {warningInWords(warning)}
          </Typography>
        ))}
      {warnings.length > MOST_WARNINGS && (
        <Typography color="textSecondary">All {warnings.length} warnings are on its page.</Typography>
      )}
    </>
  );
}
