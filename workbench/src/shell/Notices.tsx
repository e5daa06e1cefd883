import {
  Alert,
  Badge,
  Divider,
  IconButton,
  Link,
  List,
  ListItem,
  ListItemText,
  Popover,
  Snackbar,
  Typography,
} from "@mui/material";
import { useState } from "react";
import { Link as RouterLink } from "react-router-dom";
import { timeOfDay } from "../kit/format";
import { BellIcon } from "../kit/icons";
import { useAppDispatch, useAppSelector } from "../store";
import { allRead, type Notice, selectNotices } from "./noticesSlice";

function Words({ notice }: { notice: Notice }) {
  return notice.to ? (
    <Link component={RouterLink} to={notice.to} color="inherit" underline="always">
      {notice.message}
    </Link>
  ) : (
    notice.message
  );
}

/** The newest notice, for a few seconds; screen readers hear it. */
export function NoticeToast() {
  const newest = useAppSelector(selectNotices)[0];
  const [closed, setClosed] = useState(0);
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
          <Words notice={newest} />
        </Alert>
      )}
    </Snackbar>
  );
}

/** The bell with what happened since the page was opened. */
export function NoticeBell() {
  const notices = useAppSelector(selectNotices);
  const dispatch = useAppDispatch();
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const unread = notices.filter((notice) => !notice.read).length;
  return (
    <>
      <IconButton
        color="inherit"
        aria-label={`Notifications, ${unread} unread`}
        onClick={(event) => {
          setAnchor(event.currentTarget);
          dispatch(allRead());
        }}
      >
        <Badge badgeContent={unread} color="error" max={99}>
          <BellIcon fontSize="small" />
        </Badge>
      </IconButton>
      <Popover
        open={anchor !== null}
        anchorEl={anchor}
        onClose={() => setAnchor(null)}
        anchorOrigin={{ vertical: "bottom", horizontal: "right" }}
        transformOrigin={{ vertical: "top", horizontal: "right" }}
      >
        <Typography variant="h3" component="h2" sx={{ p: 1.5, pb: 1 }}>
          Notifications
        </Typography>
        <Divider />
        <List dense sx={{ width: 360, maxHeight: 420, overflow: "auto" }}>
          {notices.length === 0 && (
            <ListItem>
              <ListItemText secondary="Nothing yet. Fills, refusals and wanted approvals appear here." />
            </ListItem>
          )}
          {notices.map((notice) => (
            <ListItem key={notice.id}>
              <ListItemText
                primary={<Words notice={notice} />}
                secondary={`${notice.severity} · ${timeOfDay(notice.at)}`}
              />
            </ListItem>
          ))}
        </List>
      </Popover>
    </>
  );
}
