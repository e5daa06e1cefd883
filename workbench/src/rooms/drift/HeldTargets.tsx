import { Link } from "@mui/material";
import { Link as RouterLink } from "react-router-dom";
import type { SetDrift } from "../../api/generated/api";
import { heldWords, targetsPath } from "./driftWords";

/** Which target set and version holds, as a link to it. */
export function HeldTargets({ of }: { of: SetDrift }) {
  return (
    <Link component={RouterLink} to={targetsPath(of.scope, of.scope_id, of.dimension)} underline="always">
      {heldWords(of)}
    </Link>
  );
}
