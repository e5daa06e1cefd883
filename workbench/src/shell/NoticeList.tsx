import { Divider, List, ListItem, ListItemText, Popover, Typography } from "@mui/material";
import { timeOfDay } from "../kit/format";
import { useAppSelector } from "../store";
import { NoticeWords } from "./NoticeWords";
import { selectNotices } from "./noticesSlice";

/** What happened since the page was opened. */
export default function NoticeList({ anchor, onClose }: { anchor: HTMLElement | null; onClose: () => void }) {
  const notices = useAppSelector(selectNotices);
  return (
    <Popover
      open={anchor !== null}
      anchorEl={anchor}
      onClose={onClose}
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
              primary={<NoticeWords notice={notice} />}
              secondary={`${notice.severity} · ${timeOfDay(notice.at)}`}
            />
          </ListItem>
        ))}
      </List>
    </Popover>
  );
}
