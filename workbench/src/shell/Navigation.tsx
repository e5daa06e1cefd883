import { Box, List, ListItemButton, ListItemText } from "@mui/material";
import { Suspense } from "react";
import { NavLink } from "react-router-dom";
import { lateComponent } from "../kit/late";
import { selectPermissions } from "../session/sessionSlice";
import { useAppSelector } from "../store";
import { mayOpen, PAGES } from "./pages";
import { useUnreadAlerts } from "./useUnreadAlerts";

const Drawer = lateComponent(() => import("@mui/material/Drawer"));

const WIDTH = 148;

export function Navigation({
  permanent,
  open,
  onClose,
}: {
  permanent: boolean;
  open: boolean;
  onClose: () => void;
}) {
  const permissions = useAppSelector(selectPermissions);
  const unread = useUnreadAlerts();
  const list = (
    <List component="nav" aria-label="Pages" dense sx={{ width: WIDTH, p: 1 }}>
      {PAGES.filter((page) => mayOpen(page, permissions)).map(({ path, title }) => (
        <ListItemButton
          key={path}
          component={NavLink}
          to={path}
          onClick={onClose}
          {...(path === "/alerts" && unread > 0
            ? { "data-unread": unread, "aria-description": `${unread} new` }
            : {})}
          sx={{
            borderRadius: 1,
            py: 0.5,
            color: "text.secondary",
            "&.active": {
              color: "primary.main",
              bgcolor: "action.selected",
              "& .MuiListItemText-primary": { fontWeight: 650 },
            },
            // The number is told by the description: as text it would be part of the page's name.
            "&[data-unread]::after": {
              content: 'attr(data-unread) / ""',
              ...{ minWidth: 20, px: 0.5, borderRadius: 10, textAlign: "center" },
              ...{ bgcolor: "error.main", color: "error.contrastText" },
              ...{ fontSize: "0.75rem", fontWeight: 600, lineHeight: "20px" },
            },
          }}
        >
          <ListItemText primary={title} slotProps={{ primary: { sx: { fontSize: "0.8125rem" } } }} />
        </ListItemButton>
      ))}
    </List>
  );
  if (permanent) {
    return (
      <Box sx={{ borderRight: 1, borderColor: "divider", bgcolor: "background.paper", flexShrink: 0 }}>
        <Box sx={{ position: "sticky", top: 44 }}>{list}</Box>
      </Box>
    );
  }
  return (
    <Suspense>
      <Drawer open={open} onClose={onClose}>
        {list}
      </Drawer>
    </Suspense>
  );
}
