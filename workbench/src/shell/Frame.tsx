import { Box, Link, useMediaQuery } from "@mui/material";
import { lazy, Suspense, useState } from "react";
import { useLocation } from "react-router-dom";
import { BeginOrder } from "../rooms/allocations/wizard/BeginOrder";
import { useKeptAppearance } from "../rooms/preferences/useAppearance";
import { useUsage } from "../rooms/requests/useUsage";
import { StopBanner } from "../rooms/safety/StopBanner";
import { useFdc3 } from "../rooms/securities/useFdc3";
import { PageRoutes } from "../routes";
import { selectSession } from "../session/sessionSlice";
import { useAppSelector } from "../store";
import { PageBoundary } from "./Fallbacks";
import { Navigation } from "./Navigation";
import { NoticeToast } from "./Notices";
import { OfflineBanner } from "./OfflineBanner";
import { Shortcuts } from "./shortcuts/Shortcuts";
import { TopBar } from "./TopBar";
import { useWatch } from "./useWatch";

const LoginDialog = lazy(() => import("../rooms/access/LoginDialog"));

/** What is around every page: top bar, banners, navigation; and the login above it when the session has ended. */
export default function Frame() {
  const session = useAppSelector(selectSession);
  const { pathname } = useLocation();
  useKeptAppearance();
  useUsage();
  useFdc3();
  useWatch();
  const [open, setOpen] = useState(false);
  const wide = useMediaQuery("(min-width: 1000px)");
  return (
    <Box
      sx={{
        display: "grid",
        gridTemplateColumns: "minmax(0, 1fr)",
        gridTemplateRows: "auto auto 1fr",
        minHeight: "100vh",
      }}
    >
      <Link
        href="#content"
        onClick={(event) => {
          event.preventDefault();
          document.getElementById("content")?.focus();
        }}
        sx={{
          position: "absolute",
          left: -9999,
          "&:focus": { left: 8, top: 8, zIndex: 2000, p: 1, bgcolor: "background.paper" },
        }}
      >
        Skip to the page
      </Link>
      <TopBar onMenu={wide ? undefined : () => setOpen(true)} />
      <Box>
        <StopBanner />
        <OfflineBanner />
      </Box>
      <Box sx={{ display: "flex", minWidth: 0 }}>
        <Navigation permanent={wide} open={open} onClose={() => setOpen(false)} />
        <Box component="main" id="content" tabIndex={-1} sx={{ flexGrow: 1, minWidth: 0, outline: "none" }}>
          <PageBoundary place={pathname}>
            <PageRoutes />
          </PageBoundary>
        </Box>
      </Box>
      <NoticeToast />
      <Shortcuts />
      <BeginOrder />
      {session.status === "ENDED" && (
        <Suspense>
          <LoginDialog />
        </Suspense>
      )}
    </Box>
  );
}
