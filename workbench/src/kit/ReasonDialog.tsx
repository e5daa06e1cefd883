import { Button, Dialog, DialogActions, DialogContent, DialogTitle, TextField } from "@mui/material";
import { type ReactNode, useId } from "react";
import { useForm } from "react-hook-form";

/** Most characters of a reason; some fields of the service take fewer. */
const MAX_REASON = 1000;

/** Asks for a reason before something is done that the audit trail must explain; Esc leaves it undone. */
export function ReasonDialog({
  title,
  children,
  action,
  label = "Reason",
  initial = "",
  optional = false,
  wordless = false,
  most = MAX_REASON,
  tone = "primary",
  busy = false,
  blocked,
  onSubmit,
  onClose,
}: {
  title: string;
  children?: ReactNode;
  /** Words of the button that does it. */
  action: string;
  label?: string;
  /** What the field begins with. */
  initial?: string;
  optional?: boolean;
  /** Nothing is asked for. */
  wordless?: boolean;
  /** Characters that the field takes. */
  most?: number;
  tone?: "primary" | "error";
  busy?: boolean;
  /** Why it cannot be done now. */
  blocked?: string;
  onSubmit: (reason: string) => void;
  onClose: () => void;
}) {
  const id = useId();
  const { register, handleSubmit, formState } = useForm({ defaultValues: { reason: initial } });
  const error = formState.errors.reason?.message;
  return (
    <Dialog open fullWidth maxWidth="sm" onClose={busy ? undefined : onClose} aria-labelledby={id}>
      <form noValidate onSubmit={handleSubmit(({ reason }) => onSubmit(reason.trim()))}>
        <DialogTitle id={id}>{title}</DialogTitle>
        <DialogContent>
          {children}
          {!wordless && (
            <TextField
              {...register("reason", {
                validate: (value) =>
                  optional || value.trim() !== "" || `${label} is needed for the audit trail.`,
                maxLength: { value: most, message: `At most ${most} characters.` },
              })}
              label={label}
              autoFocus
              fullWidth
              multiline
              maxRows={4}
              margin="dense"
              required={!optional}
              error={error !== undefined}
              helperText={error ?? (optional ? "Optional, for the audit trail" : "For the audit trail")}
              onKeyDown={(event) => {
                if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
                event.preventDefault();
                event.currentTarget.closest("form")?.requestSubmit();
              }}
            />
          )}
          {blocked}
        </DialogContent>
        <DialogActions>
          <Button onClick={onClose} disabled={busy}>
            Back
          </Button>
          <Button
            type="submit"
            variant="contained"
            color={tone}
            loading={busy}
            disabled={blocked !== undefined}
          >
            {action}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
