import { Link } from "@mui/material";
import { Link as RouterLink } from "react-router-dom";
import type { Notice } from "./noticesSlice";

export function NoticeWords({ notice }: { notice: Notice }) {
  return notice.to ? (
    <Link component={RouterLink} to={notice.to} color="inherit" underline="always">
      {notice.message}
    </Link>
  ) : (
    notice.message
  );
}
