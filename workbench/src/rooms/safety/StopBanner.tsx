import { Alert, AlertTitle, Link } from "@mui/material";
import { Link as RouterLink } from "react-router-dom";
import { useGetSystemStatusQuery } from "../../api/generated/api";
import { dateTime } from "../../kit/format";

/** The emergency stop on every page: why, by whom, since when. */
export default function StopBanner() {
  const { data: status } = useGetSystemStatusQuery();
  if (!status || status.trading === "OPEN") return null;
  return (
    <Alert
      severity="error"
      variant="filled"
      square
      role="alert"
      action={
        <Link component={RouterLink} to="/system" color="inherit" underline="always" sx={{ mr: 1, mt: 0.5 }}>
          System
        </Link>
      }
    >
      <AlertTitle sx={{ mb: 0, fontSize: "0.9375rem" }}>
        {status.trading === "STOPPED"
          ? "Trading is stopped: no order is sent or changed"
          : "Trading is halted by the settings of the service"}
      </AlertTitle>
      {status.reason}
      {status.changed_by && ` (${status.changed_by}, ${dateTime(status.changed_at)})`}. Orders can still be
      cancelled.
    </Alert>
  );
}
