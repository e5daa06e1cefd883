import "@fontsource-variable/inter/wght.css";
import createCache from "@emotion/cache";
import { CacheProvider } from "@emotion/react";
import CssBaseline from "@mui/material/CssBaseline";
import { ThemeProvider } from "@mui/material/styles";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Provider } from "react-redux";
import { BrowserRouter } from "react-router-dom";
import { startSession } from "./api/baseQuery";
import { storeDraft } from "./rooms/allocations/draftSlice";
import { AppShell } from "./shell/AppShell";
import { storeNotices } from "./shell/noticesSlice";
import { makeStore } from "./store";
import { theme } from "./theme";

const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce;
const cache = createCache({ key: "css", nonce, prepend: true });
const store = makeStore();

let { draft, notices } = store.getState();
store.subscribe(() => {
  const now = store.getState();
  if (now.draft !== draft) storeDraft(now.draft);
  if (now.notices !== notices) storeNotices(now.notices);
  ({ draft, notices } = now);
});

void store.dispatch(startSession);

/** Longest time that the first page waits for its font: words that change their width would move what is below. */
const FONT_MILLISECONDS = 500;

const basename = new URL(document.baseURI).pathname.replace(/\/$/, "");
const root = document.getElementById("root");
if (!root) throw new Error("The page has no #root.");
await Promise.race([
  document.fonts.load('1em "Inter Variable"').catch(() => null),
  new Promise((passed) => setTimeout(passed, FONT_MILLISECONDS)),
]);
createRoot(root).render(
  <StrictMode>
    <CacheProvider value={cache}>
      <ThemeProvider theme={theme} defaultMode="system" modeStorageKey="allocator.color-scheme" noSsr>
        <CssBaseline enableColorScheme />
        <Provider store={store}>
          <BrowserRouter basename={basename}>
            <AppShell />
          </BrowserRouter>
        </Provider>
      </ThemeProvider>
    </CacheProvider>
  </StrictMode>,
);
