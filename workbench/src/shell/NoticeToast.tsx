import { Alert, Snackbar } from "@mui/material";
import { useState } from "react";
import { useAppSelector } from "../store";
import { NoticeWords } from "./NoticeWords";
import { selectNotices } from "./noticesSlice";

/** The newest notice, for a few seconds; screen readers hear it. */
export default function NoticeToast() {
  const newest = useAppSelector(selectNotices)[0];
  // One of before the page was loaded anew was shown then.
  const [closed, setClosed] = useState(() =>
    newest && Date.parse(newest.at) < performance.timeOrigin ? newest.id : 0,
  );
  const open = newest !== undefined && !newest.read && newest.id > closed;
  const close = () => newest && setClosed(newest.id);
  return (
    <Snackbar
      open={open}
      key={newest?.id}
      autoHideDuration={6000}
      onClose={(_event, reason) => reason !== "clickaway" && close()}
      anchorOrigin={{ vertical: "bottom", horizontal: "right" }}
      // Above the bar with the actions of a step.
      sx={{ bottom: { xs: 64, sm: 64 } }}
    >
      {newest && (
        <Alert severity={newest.severity} variant="filled" onClose={close} role="status">
          <NoticeWords notice={newest} />
        </Alert>
      )}
    </Snackbar>
  );
}
