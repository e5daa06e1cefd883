import { Button } from "@mui/material";
import { useReadAlertsMutation } from "../../api/generated/api";
import { count } from "../../kit/format";

/** Says that all alerts were read: none is new until it is told again. */
export function MarkAllRead({ unread }: { unread: number }) {
  const [read, { isLoading }] = useReadAlertsMutation();
  if (unread === 0) return null;
  return (
    <Button variant="outlined" loading={isLoading} onClick={() => void read()}>
      Mark {count(unread)} as read
    </Button>
  );
}
