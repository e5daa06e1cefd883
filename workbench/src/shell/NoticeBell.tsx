import { Badge, IconButton } from "@mui/material";
import { Suspense, useState } from "react";
import { BellIcon } from "../kit/icons";
import { lateComponent } from "../kit/late";
import { useAppDispatch, useAppSelector } from "../store";
import { allRead, selectNotices } from "./noticesSlice";
import { useUnreadAlerts } from "./useUnreadAlerts";

const NoticeList = lateComponent(() => import("./NoticeList"));

/** The bell with what happened since the page was opened, and the alerts that were not read. */
export function NoticeBell() {
  const notices = useAppSelector(selectNotices);
  const dispatch = useAppDispatch();
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const alerts = useUnreadAlerts();
  const unread = alerts + notices.filter((notice) => !notice.read && !notice.isAlert).length;
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
      <Suspense>
        <NoticeList anchor={anchor} alerts={alerts} onClose={() => setAnchor(null)} />
      </Suspense>
    </>
  );
}
