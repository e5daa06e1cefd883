import { Button, Dialog, DialogActions, DialogContent, DialogContentText, DialogTitle } from "@mui/material";

/** Whether another order may be put away. */
export default function BeginQuestion(props: {
  open: boolean;
  /** The order that would be put away. */
  summary: string;
  onAnswer: (yes: boolean) => void;
  onExited: () => void;
}) {
  const { open, summary, onAnswer, onExited } = props;
  return (
    <Dialog
      open={open}
      onClose={() => onAnswer(false)}
      aria-labelledby="begin-order-title"
      slotProps={{ transition: { onExited } }}
    >
      <DialogTitle id="begin-order-title">Begin a new order?</DialogTitle>
      <DialogContent>
        <DialogContentText>This order is put away: {summary}.</DialogContentText>
      </DialogContent>
      <DialogActions>
        <Button onClick={() => onAnswer(false)}>Keep this order</Button>
        <Button variant="contained" onClick={() => onAnswer(true)} autoFocus>
          Begin a new order
        </Button>
      </DialogActions>
    </Dialog>
  );
}
