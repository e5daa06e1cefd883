import { Button, Typography } from "@mui/material";
import { useState } from "react";
import { useNavigate } from "react-router-dom";
import { ReasonDialog } from "../../kit/ReasonDialog";
import { ErrorNote } from "../../kit/states";

/** Deletes what the page is about after a question, and goes to the list that it was in. */
export function DeleteButton({
  what,
  children,
  list,
  error,
  busy,
  onDelete,
}: {
  what: string;
  /** What goes with it. */
  children: string;
  list: string;
  error: unknown;
  busy: boolean;
  /** Whether it is gone. */
  onDelete: () => Promise<boolean>;
}) {
  const [asking, setAsking] = useState(false);
  const navigate = useNavigate();
  return (
    <>
      <Button color="error" onClick={() => setAsking(true)}>
        Delete…
      </Button>
      {asking && (
        <ReasonDialog
          title={`Delete the ${what}?`}
          action={`Delete the ${what}`}
          wordless
          tone="error"
          busy={busy}
          onSubmit={() => void onDelete().then((isGone) => isGone && navigate(list, { replace: true }))}
          onClose={() => setAsking(false)}
        >
          <Typography>{children}</Typography>
          {error !== undefined && !busy && <ErrorNote error={error} title={`The ${what} was not deleted`} />}
        </ReasonDialog>
      )}
    </>
  );
}
