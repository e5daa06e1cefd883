import { AppBar, Box, Button, IconButton, Toolbar, Typography } from "@mui/material";
import { type SystemStatus, useGetSystemStatusQuery } from "../api/generated/api";
import { date } from "../kit/format";
import { MenuIcon, SearchIcon } from "../kit/icons";
import { Tip } from "../kit/Tip";
import { NoticeBell } from "./NoticeBell";
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
      <Toolbar
        variant="dense"
        sx={{ minHeight: 44, columnGap: 1, px: { xs: 1, md: 2 }, flexWrap: { xs: "wrap", sm: "nowrap" } }}
      >
        {onMenu && (
          <IconButton color="inherit" aria-label="Pages" onClick={onMenu}>
            <MenuIcon />
          </IconButton>
        )}
        <Typography
          component="span"
          sx={{ fontWeight: 700, fontSize: "0.9375rem", mr: 1, display: { xs: "none", sm: "inline" } }}
        >
          Allocator
        </Typography>
        {/* On a phone a line of its own: which Aladdin, date and age of the data are never out of sight. */}
        <Box
          sx={{
            display: "flex",
            gap: { xs: 0.5, sm: 0.75 },
            "& .MuiChip-label": { px: { xs: 0.5, sm: 1 } },
            minWidth: 0,
            overflow: "hidden",
            order: { xs: 1, sm: 0 },
            width: { xs: "100%", sm: "auto" },
            // Its height before the facts are read, so that the page below does not move.
            minHeight: { xs: 30, sm: 24 },
            pb: { xs: 0.75, sm: 0 },
          }}
        >
          {status && <Facts status={status} />}
        </Box>
        <Box sx={{ flexGrow: 1 }} />
        <Button
          color="inherit"
          startIcon={<SearchIcon />}
          onClick={openPalette}
          aria-label="Find Ctrl K"
          aria-keyshortcuts="Control+K"
          sx={{
            border: "1px solid rgba(255,255,255,.35)",
            py: 0.25,
            px: { xs: 0, md: 1 },
            flexShrink: 0,
            minWidth: { xs: 32, md: 190 },
            justifyContent: { xs: "center", md: "flex-start" },
            "& .MuiButton-startIcon": { ml: 0, mr: { xs: 0, md: 1 } },
          }}
        >
          <Box
            component="span"
            sx={{ display: { xs: "none", md: "inline" }, flexGrow: 1, textAlign: "left" }}
          >
            Find
          </Box>{" "}
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

/** The most important first: what does not fit is cut off at the end. */
function Facts({ status }: { status: SystemStatus }) {
  const real = status.mode === "real";
  const age = status.reference_age_business_days;
  return (
    <>
      <Fact
        label={real ? "REAL Aladdin" : "Mock Aladdin"}
        title={real ? "Orders go to the real Aladdin." : "Orders go to a simulator of Aladdin."}
        strong={real}
      />
      <Fact label={date(status.business_date)} title="Business date of the desk" />
      {age !== null && (
        <Fact
          label={
            status.stale ? `STALE: data ${age} days old` : age === 0 ? "Data of today" : `Data ${age} day old`
          }
          title={`Aladdin's positions and risk numbers are of ${date(status.reference_date)}, in business days.`}
          strong={status.stale === true}
        />
      )}
      {status.environment === "development" && (
        <Fact label="Development" title="Not the production service" />
      )}
    </>
  );
}

function Fact({ label, title, strong }: { label: string; title: string; strong?: boolean }) {
  return (
    <Tip title={title}>
      <Box
        component="span"
        sx={{
          px: 1,
          border: "1px solid rgba(255,255,255,.45)",
          borderRadius: 1,
          fontSize: "0.75rem",
          lineHeight: "22px",
          fontWeight: strong ? 700 : 500,
          whiteSpace: "nowrap",
        }}
      >
        {label}
      </Box>
    </Tip>
  );
}
