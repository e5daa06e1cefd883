import {
  Box,
  Divider,
  FormControlLabel,
  Link,
  List,
  ListItem,
  ListItemText,
  Popover,
  Switch,
  Typography,
} from "@mui/material";
import { Link as RouterLink } from "react-router-dom";
import { timeOfDay } from "../kit/format";
import { useAppSelector } from "../store";
import { NoticeWords } from "./NoticeWords";
import { selectNotices } from "./noticesSlice";
import { useBrowserNotices } from "./useBrowserNotices";

/** What happened since the page was opened, below the way to the alerts. */
export default function NoticeList({
  anchor,
  alerts,
  onClose,
}: {
  anchor: HTMLElement | null;
  /** How many alerts were not read. */
  alerts: number;
  onClose: () => void;
}) {
  const notices = useAppSelector(selectNotices);
  return (
    <Popover
      open={anchor !== null}
      anchorEl={anchor}
      onClose={onClose}
      anchorOrigin={{ vertical: "bottom", horizontal: "right" }}
      transformOrigin={{ vertical: "top", horizontal: "right" }}
      slotProps={{ paper: { role: "dialog", "aria-labelledby": "notices-title" } }}
    >
      <Typography id="notices-title" variant="h3" component="h2" sx={{ p: 1.5, pb: 1 }}>
        Notifications
      </Typography>
      <Typography sx={{ px: 1.5, pb: 1 }}>
        <Link component={RouterLink} to="/alerts" onClick={onClose}>
          {alerts === 0 ? "All alerts" : alerts === 1 ? "1 alert is new" : `${alerts} alerts are new`}
        </Link>
      </Typography>
      <Divider />
      <List dense sx={{ width: 360, maxWidth: "100%", maxHeight: 420, overflow: "auto" }}>
        {notices.length === 0 && (
          <ListItem>
            <ListItemText secondary="Nothing yet. Fills, refusals, wanted approvals and the end of your jobs appear here." />
          </ListItem>
        )}
        {notices.map((notice) => (
          <ListItem key={notice.id}>
            <ListItemText
              primary={<NoticeWords notice={notice} />}
              secondary={`${notice.severity} · ${timeOfDay(notice.at)}`}
            />
          </ListItem>
        ))}
      </List>
      <Divider />
      <BrowserChoice />
    </Popover>
  );
}

/** Notifications of the browser: only for who asks for them. */
function BrowserChoice() {
  const { on, isPossible, isDenied, set } = useBrowserNotices();
  if (!isPossible) return null;
  return (
    <Box sx={{ px: 1.5, py: 0.5 }}>
      <FormControlLabel
        control={<Switch checked={on} disabled={isDenied} onChange={(_event, wanted) => void set(wanted)} />}
        label="Also as notifications of the browser"
      />
      {isDenied && (
        <Typography variant="caption" component="p" color="textSecondary">
          The browser forbids them for this page: allow them in its settings.
        </Typography>
      )}
    </Box>
  );
}
