import { Link, Tooltip } from "@mui/material";
import { Link as RouterLink } from "react-router-dom";
import { shortId } from "./format";

/** What an id can be of, and the page that shows it. */
export const PAGE_OF = {
  allocation: (id: string) => `/allocations/${encodeURIComponent(id)}`,
  comparison: (id: string) => `/compare/${encodeURIComponent(id)}`,
  blotter: (id: string) => `/blotters/${encodeURIComponent(id)}`,
  order: (id: string) => `/orders/${encodeURIComponent(id)}`,
  account: (id: string) => `/accounts/${encodeURIComponent(id)}`,
  group: (id: string) => `/accounts?group=${encodeURIComponent(id)}`,
  accountDrift: (id: string) => `/drift/accounts/${encodeURIComponent(id)}`,
  groupDrift: (id: string) => `/drift/groups/${encodeURIComponent(id)}`,
  proposal: (id: string) => `/drift/proposals/${encodeURIComponent(id)}`,
  optimized: (id: string) => `/optimise/${encodeURIComponent(id)}`,
  alert: (id: string) => `/alerts/${encodeURIComponent(id)}`,
  backtest: (id: string) => `/backtest/${encodeURIComponent(id)}`,
  backtestGrid: (id: string) => `/backtest/grids/${encodeURIComponent(id)}`,
  monitored: (id: string) => `/monitor/${encodeURIComponent(id)}`,
  security: (id: string) => `/securities/${encodeURIComponent(id)}`,
  audit: (id: string) => `/audit/${encodeURIComponent(id)}`,
  user: (id: string) => `/admin/users/${encodeURIComponent(id)}`,
} as const;

export type IdKind = keyof typeof PAGE_OF;

/** An id as a link to its page. Long ones are shortened; the whole id is the link's title and is what is copied. */
export function IdLink({
  of,
  id,
  label,
  inText = false,
}: {
  of: IdKind;
  id: string;
  label?: string;
  /** Between words, where colour alone would not show it. */
  inText?: boolean;
}) {
  const text = label ?? shortId(id);
  const link = (
    <Link
      component={RouterLink}
      to={PAGE_OF[of](id)}
      data-copy={id}
      underline={inText ? "always" : undefined}
    >
      {text}
    </Link>
  );
  return text === id ? link : <Tooltip title={id}>{link}</Tooltip>;
}
