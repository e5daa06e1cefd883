import { Button, Typography } from "@mui/material";
import { Link } from "react-router-dom";
import type { TargetScope } from "../../api/generated/api";
import { Empty } from "../../kit/states";
import { usePermission } from "../../session/usePermission";
import { SCOPES, targetsPath } from "./driftWords";

/** The way to state targets, for users who may. */
export function StateThem({ scope, id }: { scope: TargetScope; id: string }) {
  if (!usePermission("targets:write"))
    return (
      <Typography variant="body2">
        They are stated by users with the permission <code>targets:write</code>.
      </Typography>
    );
  return (
    <Button component={Link} to={id ? targetsPath(scope, id) : "/drift/targets"} variant="contained">
      State them
    </Button>
  );
}

/** Instead of the drift of what has no targets. */
export function NoTargets({ scope, id }: { scope: TargetScope; id: string }) {
  return (
    <Empty title={`No targets are stated for ${id}`} action={<StateThem scope={scope} id={id} />}>
      {SCOPES[scope]} {id} has no targets in force
      {scope === "ACCOUNT" ? ", nor has a group that it is in" : ", nor have its accounts"}.
    </Empty>
  );
}
