import { Link } from "@mui/material";
import { Link as RouterLink } from "react-router-dom";
import type { AuditEntityType } from "../../api/generated/api";
import { shortId } from "../../kit/format";
import { type IdKind, IdLink } from "../../kit/links";

const PAGES: Partial<Record<AuditEntityType, IdKind>> = {
  allocation: "allocation",
  comparison: "comparison",
  order: "order",
  security: "security",
};
/** Things that have no page each: the page on which they all are. */
const PLACES: Partial<Record<AuditEntityType, string>> = {
  target_set: "/drift?tab=targets",
  fairness_policy: "/fairness?tab=policy",
  emergency_stop: "/system",
  reference: "/admin",
  limits: "/admin",
};

/** What a record is about, as a link to its page where it has one. */
export function EntityLink({ type, id }: { type: AuditEntityType; id: string }) {
  const kind = PAGES[type];
  if (kind) return <IdLink of={kind} id={id} />;
  const place = PLACES[type];
  if (place)
    return (
      <Link component={RouterLink} to={place}>
        {shortId(id)}
      </Link>
    );
  return <span>{id}</span>;
}
