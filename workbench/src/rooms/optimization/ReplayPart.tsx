import { Alert, Button, Stack, Typography } from "@mui/material";
import { useReplayOptimizedPortfolioMutation } from "../../api/generated/api";
import { Section } from "../../kit/Section";
import { ErrorNote } from "../../kit/states";
import { replayWords } from "./portfolioWords";

/** Computes the portfolio again from the prices that were known then. */
export function ReplayPart({ portfolioId }: { portfolioId: string }) {
  const [replay, { data, error, isLoading }] = useReplayOptimizedPortfolioMutation();
  const ask = () => void replay({ portfolioId });
  return (
    <Section title="Compute again">
      <Stack direction="row" useFlexGap sx={{ flexWrap: "wrap", gap: 1.5, alignItems: "center", mb: 1 }}>
        <Button variant="outlined" loading={isLoading} onClick={ask}>
          Compute again
        </Button>
        <Typography color="textSecondary">
          From the prices that were known then, to see that the same weights come out.
        </Typography>
      </Stack>
      {error && !isLoading && (
        <ErrorNote error={error} onRetry={ask} title="The portfolio was not computed again" />
      )}
      {data && !isLoading && (
        <Alert severity={data.reproduced ? "success" : "error"} variant="outlined" role="status">
          {replayWords(data)}
        </Alert>
      )}
    </Section>
  );
}
