import { Box, MenuItem, TextField, Typography } from "@mui/material";
import {
  type TargetDimension,
  type TargetScope,
  type TargetSet,
  useGetTargetSetQuery,
  useListTargetSetsQuery,
} from "../../api/generated/api";
import { GroupSelect } from "../../kit/GroupSelect";
import { LateField } from "../../kit/LateField";
import { Page } from "../../kit/Page";
import { Empty, ErrorNote, Loading } from "../../kit/states";
import { useUrlFilters } from "../../kit/useUrlFilters";
import { usePermission } from "../../session/usePermission";
import { DIMENSIONS, SCOPES } from "./driftWords";
import { PendingVersion } from "./PendingVersion";
import { TargetForm } from "./TargetForm";
import { TargetVersions } from "./TargetVersions";

const FILTERS = ["scope", "id", "dimension"] as const;

function oneOf<Value extends string>(names: Record<Value, string>, text: string, other: Value): Value {
  return text in names ? (text as Value) : other;
}

/** Targets of an account or a group: what holds, all versions, and a new one. */
export default function TargetsPage() {
  const [filters, setFilters] = useUrlFilters(FILTERS);
  const scope = oneOf<TargetScope>(SCOPES, filters.scope, "GROUP");
  const dimension = oneOf<TargetDimension>(DIMENSIONS, filters.dimension, "ASSET_CLASS");
  const { id } = filters;
  return (
    <Page title={id ? `Targets of ${id}` : "Targets"} subtitle={id && DIMENSIONS[dimension]}>
      <Box sx={{ display: "flex", flexWrap: "wrap", gap: 1.5, mb: 1.5 }}>
        <TextField
          select
          label="Targets of a"
          value={scope}
          onChange={(event) => setFilters({ scope: event.target.value, id: "" })}
          sx={{ minWidth: 120 }}
        >
          {Object.entries(SCOPES).map(([value, name]) => (
            <MenuItem key={value} value={value}>
              {name}
            </MenuItem>
          ))}
        </TextField>
        {scope === "GROUP" ? (
          <GroupSelect value={id} onChange={(value) => setFilters({ id: value })} none="Choose a group" />
        ) : (
          <LateField
            label="Account id"
            value={id}
            onChange={(value) => setFilters({ id: value })}
            sx={{ width: 220 }}
          />
        )}
        <TextField
          select
          label="By"
          value={dimension}
          onChange={(event) => setFilters({ dimension: event.target.value })}
          sx={{ minWidth: 160 }}
        >
          {Object.entries(DIMENSIONS).map(([value, name]) => (
            <MenuItem key={value} value={value}>
              {name}
            </MenuItem>
          ))}
        </TextField>
      </Box>
      {id ? (
        <Found key={`${scope} ${id} ${dimension}`} scope={scope} id={id} dimension={dimension} />
      ) : (
        <Empty title="Whose targets?">Choose a group, or name an account.</Empty>
      )}
    </Page>
  );
}

interface Of {
  scope: TargetScope;
  id: string;
  dimension: TargetDimension;
}

function Found({ scope, id, dimension }: Of) {
  const list = useListTargetSetsQuery({ scope, scopeId: id, dimension });
  const setId = list.data?.target_sets[0]?.target_set_id;
  const one = useGetTargetSetQuery({ targetSetId: setId ?? "" }, { skip: !setId });
  const error = list.error ?? one.error;
  if (error)
    return (
      <ErrorNote
        error={error}
        onRetry={list.error ? list.refetch : one.refetch}
        title="The targets could not be read"
      />
    );
  if (!list.data || (setId && !one.data)) return <Loading label="Reading the targets" height="60vh" />;
  return <Shown scope={scope} id={id} dimension={dimension} set={one.data ?? null} />;
}

function Shown({ set, ...of }: Of & { set: TargetSet | null }) {
  const may = usePermission("targets:write");
  const held = set?.in_force;
  return (
    <>
      <Typography sx={{ mb: 1.5 }}>
        {held
          ? `Version ${held.version} holds since ${held.effective_from}.`
          : `No targets by ${DIMENSIONS[of.dimension].toLowerCase()} hold for ${of.id}.`}
      </Typography>
      {set?.pending && <PendingVersion set={set} pending={set.pending} />}
      {may ? (
        <TargetForm {...of} set={set} />
      ) : (
        <Typography variant="body2" color="textSecondary">
          A new version is stated by users with the permission <code>targets:write</code>.
        </Typography>
      )}
      {set && <TargetVersions set={set} />}
    </>
  );
}
