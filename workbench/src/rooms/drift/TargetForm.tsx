import { Alert, Box, Button, TextField, Typography } from "@mui/material";
import { useMemo, useState } from "react";
import {
  type StateTargets,
  type TargetDimension,
  type TargetScope,
  type TargetSet,
  useStateTargetsMutation,
} from "../../api/generated/api";
import { fieldErrors, problemOf } from "../../api/problems";
import { dateProblem } from "../../kit/dates";
import { ErrorNote } from "../../kit/states";
import { ChangesTable, NewerVersion } from "../../kit/versions";
import type { Amounts } from "../allocations/method/amounts";
import { RetireButton } from "./RetireButton";
import { TargetGrid } from "./TargetGrid";
import {
  amountsOf,
  type Content,
  contentOf,
  DEFAULT_EDGES,
  MAX_COMMENT,
  readEdges,
  rowFaults,
  sumWords,
  targetChanges,
} from "./targetForm";
import { useTargetChange } from "./useTargetChange";

/** Fields that say themselves what is wrong with them. */
const SHOWN = /^(comment|effective_from|bucket_edges|targets|metric_targets)(\.|$)/;

/** What the form begins with: the newest version that says anything. */
function begun(set: TargetSet | null): Content | null {
  return set?.in_force ?? set?.versions.find(({ state }) => state === "APPROVED") ?? null;
}

interface Typed {
  amounts: Amounts;
  edges: string;
  from: string;
  comment: string;
}

function typedOf(content: Content | null): Typed {
  const edges = content?.bucket_edges.length ? content.bucket_edges : DEFAULT_EDGES;
  return { amounts: content ? amountsOf(content) : {}, edges: edges.join(", "), from: "", comment: "" };
}

interface Of {
  scope: TargetScope;
  id: string;
  dimension: TargetDimension;
  set: TargetSet | null;
}

/** What is typed, in the place of the version that its user has read (optimistic lock). */
function useTyped({ dimension, set }: Of) {
  // The set as it was when the user began to type; a newer version is only taken when it was shown.
  const [begunWith, setBegunWith] = useState(set);
  const [edited, setEdited] = useState<Typed | null>(null);
  const isOld = edited !== null && (set?.version ?? 0) > (begunWith?.version ?? 0);
  const base = isOld ? begunWith : set;
  const start = useMemo(() => typedOf(begun(base)), [base]);
  const typed = edited ?? start;
  const edges = readEdges(typed.edges);
  const content = contentOf(dimension, typed.amounts, edges ?? []);
  const changes = targetChanges(dimension, begun(base), content);
  const sum = sumWords(dimension, typed.amounts);
  return {
    typed,
    edges,
    content,
    changes,
    sum,
    base,
    isOld,
    blocked: blockedWords({ isOld, isPending: set?.pending != null, isSame: changes.length === 0, sum }),
    faults: faultsOf(typed, edges === null && dimension === "DURATION_BUCKET"),
    edit: (part: Partial<Typed>) => {
      if (edited === null) setBegunWith(set);
      setEdited({ ...typed, ...part });
    },
    compare: () => setBegunWith(set),
    reset: () => setEdited(null),
  };
}

function useForm(of: Of) {
  const form = useTyped(of);
  const [tried, setTried] = useState(false);
  const [send] = useStateTargetsMutation();
  const { change, error, setError, busy } = useTargetChange();
  const submit = async () => {
    setTried(true);
    if (form.blocked || Object.keys(form.faults).length > 0) return;
    const body: StateTargets = {
      scope: of.scope,
      scope_id: of.id,
      dimension: of.dimension,
      version: form.base?.version ?? 0,
      effective_from: form.typed.from.trim() || null,
      comment: form.typed.comment.trim(),
      ...form.content,
    };
    const done = await change(
      (key) => send({ "Idempotency-Key": key, stateTargets: body }).unwrap(),
      `The targets of ${of.id} are stated`,
    );
    if (!done) return;
    form.reset();
    setTried(false);
  };
  const faults = { ...fieldErrors(error), ...(tried && form.faults) };
  const clearing =
    <Args extends unknown[]>(then: (...args: Args) => void) =>
    (...args: Args) => {
      setError(null);
      then(...args);
    };
  return { ...form, edit: clearing(form.edit), compare: clearing(form.compare), submit, error, busy, faults };
}
type Form = ReturnType<typeof useForm>;

/** A new version of the targets. */
export function TargetForm(of: Of) {
  const { dimension, set } = of;
  const form = useForm(of);
  const { typed, edges, content, changes, sum, base, isOld, blocked, edit, error, busy, faults } = form;
  return (
    <Box
      component="form"
      noValidate
      aria-label="New version of the targets"
      onSubmit={(event) => {
        event.preventDefault();
        void form.submit();
      }}
      sx={{ maxWidth: 1100 }}
    >
      <Typography variant="h3" component="h2" sx={{ mb: 1 }}>
        {base ? `New version, in the place of version ${base.version}` : "First version"}
      </Typography>
      {dimension === "DURATION_BUCKET" && <Edges form={form} />}
      <Box sx={{ maxWidth: 760 }}>
        <TargetGrid
          dimension={dimension}
          edges={edges ?? []}
          amounts={typed.amounts}
          onChange={(amounts) => edit({ amounts })}
          sum={sum}
        />
      </Box>
      <RowFaults faults={rowFaults(faults, content)} />
      <DayAndComment form={form} />
      <ChangesTable
        changes={changes}
        nothing="Nothing yet."
        of={dimension === "METRIC" ? "Metric" : "Class"}
      />
      {isOld && set && (
        <NewerVersion
          by={set.versions[0]?.created_by ?? null}
          version={set.version}
          onCompare={form.compare}
        />
      )}
      {error !== null && !isOld && isElsewhere(error) && (
        <Box sx={{ mt: 1.5 }}>
          <ErrorNote error={error} title="The targets were not stated" />
        </Box>
      )}
      <Box sx={{ display: "flex", alignItems: "center", flexWrap: "wrap", gap: 1, mt: 2 }}>
        <Button type="submit" variant="contained" loading={busy} disabled={blocked !== null}>
          State these targets
        </Button>
        <Typography variant="body2" color="textSecondary">
          {blocked}
        </Typography>
        <Box sx={{ flexGrow: 1 }} />
        {set?.in_force && !set.pending && <RetireButton set={set} />}
      </Box>
    </Box>
  );
}

function Edges({ form: { typed, edit, faults } }: { form: Form }) {
  return (
    <Box sx={{ my: 1.5 }}>
      <Line
        name="bucket_edges"
        label="Edges in years, rising"
        value={typed.edges}
        onChange={(edges) => edit({ edges })}
        fault={faults.bucket_edges}
      />
    </Box>
  );
}

function DayAndComment({ form: { typed, edit, faults } }: { form: Form }) {
  return (
    <Box sx={{ display: "flex", flexWrap: "wrap", gap: 1.5, mt: 1.5 }}>
      <Line
        name="effective_from"
        label="Holds from"
        placeholder="YYYY-MM-DD"
        help="Empty: the business date"
        value={typed.from}
        onChange={(from) => edit({ from })}
        fault={faults.effective_from}
      />
      <Line
        name="comment"
        label="Comment"
        help="Why, for colleagues and examiners"
        required
        wide
        value={typed.comment}
        onChange={(comment) => edit({ comment })}
        fault={faults.comment}
      />
    </Box>
  );
}

/** Why the version cannot be stated now. */
function blockedWords(of: {
  isOld: boolean;
  isPending: boolean;
  isSame: boolean;
  sum: { words: string; isGood: boolean };
}): string | null {
  if (of.isPending) return "A version waits for its approval: it is decided on first.";
  if (of.isOld) return "Compare with the newer version first.";
  if (!of.sum.isGood) return of.sum.words;
  return of.isSame ? "Nothing is changed yet." : null;
}

function faultsOf(typed: Typed, edgesAreWrong: boolean): Record<string, string> {
  const from = dateProblem(typed.from);
  const comment = typed.comment.trim();
  return {
    ...(from && { effective_from: from }),
    ...(comment === "" && { comment: "Say why, for colleagues and examiners." }),
    ...(comment.length > MAX_COMMENT && { comment: `At most ${MAX_COMMENT} characters.` }),
    ...(edgesAreWrong && { bucket_edges: "Type rising numbers above 0, such as 1, 3, 5." }),
  };
}

/** Whether an error is not said beside the fields. */
function isElsewhere(error: unknown): boolean {
  const fields = Object.keys(fieldErrors(error));
  return problemOf(error) === null || fields.length === 0 || !fields.every((field) => SHOWN.test(field));
}

function RowFaults({ faults }: { faults: readonly string[] }) {
  if (faults.length === 0) return null;
  return (
    <Alert severity="error" variant="outlined" sx={{ mt: 1 }}>
      {faults.map((fault) => (
        <div key={fault}>{fault}</div>
      ))}
    </Alert>
  );
}

function Line(props: {
  name: string;
  label: string;
  value: string;
  onChange: (text: string) => void;
  fault: string | undefined;
  help?: string;
  placeholder?: string;
  required?: boolean;
  wide?: boolean;
}) {
  const { fault, help, wide, onChange, ...field } = props;
  return (
    <TextField
      {...field}
      onChange={(event) => onChange(event.target.value)}
      error={Boolean(fault)}
      helperText={fault ? <span role="alert">{fault}</span> : help}
      sx={{ width: { xs: "100%", sm: wide ? 480 : 200 } }}
      slotProps={{ inputLabel: { shrink: true } }}
    />
  );
}
