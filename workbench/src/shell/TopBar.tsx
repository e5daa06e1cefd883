import { AppBar, Box, Button, Chip, IconButton, Toolbar, Tooltip, Typography } from "@mui/material";
import { useGetSystemStatusQuery } from "../api/generated/api";
import { date } from "../kit/format";
import { MenuIcon, SearchIcon } from "../kit/icons";
import { NoticeBell } from "./Notices";
import { openPalette } from "./palette/open";
import { UserMenu } from "./UserMenu";

export const STATUS_POLL_MILLISECONDS = 5_000;

/** Which Aladdin, which date, whether orders may leave: always in sight. A real Aladdin has another colour. */
export function TopBar({ onMenu }: { onMenu?: () => void }) {
  const { data: status } = useGetSystemStatusQuery(undefined, { pollingInterval: STATUS_POLL_MILLISECONDS });
  const real = status?.mode === "real";
  return (
    <AppBar
      position="sticky"
      sx={{ bgcolor: real ? "#7a1f1f" : "#12324a", color: "#fff", backgroundImage: "none" }}
    >
      <Toolbar variant="dense" sx={{ minHeight: 44, gap: 1, px: { xs: 1, md: 2 } }}>
        {onMenu && (
          <IconButton color="inherit" aria-label="Pages" onClick={onMenu}>
            <MenuIcon />
          </IconButton>
        )}
        <Typography component="span" sx={{ fontWeight: 700, fontSize: "0.9375rem", mr: 1 }}>
          Allocator
        </Typography>
        <Box sx={{ display: "flex", gap: 0.75, minWidth: 0, overflow: "hidden", flexShrink: 1 }}>
          {status && (
            <>
              <Fact
                label={real ? "REAL Aladdin" : "Mock Aladdin"}
                title={real ? "Orders go to the real Aladdin." : "Orders go to the built-in simulator."}
                strong={real}
              />
              <Fact label={date(status.business_date)} title="Business date of the desk" />
            </>
          )}
        </Box>
        <Box sx={{ flexGrow: 1 }} />
        <Button
          color="inherit"
          startIcon={<SearchIcon />}
          onClick={openPalette}
          aria-keyshortcuts="Control+K"
          sx={{
            border: "1px solid rgba(255,255,255,.35)",
            py: 0.25,
            minWidth: { xs: 0, md: 190 },
            justifyContent: "flex-start",
          }}
        >
          <Box
            component="span"
            sx={{ display: { xs: "none", md: "inline" }, flexGrow: 1, textAlign: "left" }}
          >
            Find
          </Box>
          <Box component="kbd" sx={{ display: { xs: "none", md: "inline" }, font: "inherit", opacity: 0.85 }}>
            Ctrl K
          </Box>
        </Button>
        <NoticeBell />
        <UserMenu />
      </Toolbar>
    </AppBar>
  );
}

function Fact({ label, title, strong }: { label: string; title: string; strong?: boolean }) {
  return (
    <Tooltip title={title}>
      <Chip
        label={label}
        variant="outlined"
        sx={{
          color: "inherit",
          borderColor: "rgba(255,255,255,.45)",
          fontWeight: strong ? 700 : 500,
          borderRadius: 1,
        }}
      />
    </Tooltip>
  );
}
