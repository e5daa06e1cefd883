import { Box, useMediaQuery } from "@mui/material";
import { lazy, Suspense, useState } from "react";
import { useLocation } from "react-router-dom";
import { lateComponent } from "../kit/late";
import { BeginOrder } from "../rooms/allocations/wizard/BeginOrder";
import { useKeptAppearance } from "../rooms/preferences/useAppearance";
import { PageRoutes } from "../routes";
import { selectSession } from "../session/sessionSlice";
import { useAppSelector } from "../store";
import { PageBoundary } from "./Fallbacks";
import { Navigation } from "./Navigation";
import { Shortcuts } from "./shortcuts/Shortcuts";
import { TopBar } from "./TopBar";

const LoginDialog = lazy(() => import("../rooms/access/LoginDialog"));
const StopBanner = lateComponent(() => import("../rooms/safety/StopBanner"));
const OfflineBanner = lateComponent(() => import("./OfflineBanner"));
const NoticeToast = lateComponent(() => import("./NoticeToast"));
const Background = lateComponent(() => import("./Background"));

/** What is around every page: top bar, banners, navigation; and the login above it when the session has ended. */
export default function Frame() {
  const session = useAppSelector(selectSession);
  const { pathname } = useLocation();
  useKeptAppearance();
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
      <Box
        component="a"
        href="#content"
        onClick={(event) => {
          event.preventDefault();
          document.getElementById("content")?.focus();
        }}
        sx={{
          position: "absolute",
          left: -9999,
          color: "primary.main",
          "&:focus": { left: 8, top: 8, zIndex: 2000, p: 1, bgcolor: "background.paper" },
        }}
      >
        Skip to the page
      </Box>
      <TopBar onMenu={wide ? undefined : () => setOpen(true)} />
      <Box>
        <Suspense>
          <StopBanner />
          <OfflineBanner />
        </Suspense>
      </Box>
      <Box sx={{ display: "flex", minWidth: 0 }}>
        <Navigation permanent={wide} open={open} onClose={() => setOpen(false)} />
        <Box component="main" id="content" tabIndex={-1} sx={{ flexGrow: 1, minWidth: 0, outline: "none" }}>
          <PageBoundary place={pathname}>
            <PageRoutes />
          </PageBoundary>
        </Box>
      </Box>
      <Suspense>
        <NoticeToast />
        <Background />
      </Suspense>
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
