import { Button } from "@mui/material";
import { type AlertCounts, useReadAlertsMutation } from "../../api/generated/api";
import { count } from "../../kit/format";

/** Says that the alerts which are counted here were read; what is told since then stays new. */
export function MarkAllRead({ unread, told_until }: Pick<AlertCounts, "unread" | "told_until">) {
  const [read, { isLoading }] = useReadAlertsMutation();
  if (told_until === null) return null;
  return (
    <Button variant="outlined" loading={isLoading} onClick={() => void read({ alertsRead: { told_until } })}>
      Mark {count(unread)} as read
    </Button>
  );
}
