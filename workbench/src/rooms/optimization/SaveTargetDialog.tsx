import { Alert, Box, Typography } from "@mui/material";
import { useState } from "react";
import {
  type EfficientPoint,
  type OptimizedPortfolio,
  type TargetScope,
  type TargetSet,
  type TargetSetRow,
  useListTargetSetsQuery,
  useStateTargetsMutation,
} from "../../api/generated/api";
import { fieldErrors } from "../../api/problems";
import { ChoiceField } from "../../kit/ChoiceField";
import { GroupSelect } from "../../kit/GroupSelect";
import { LateField } from "../../kit/LateField";
import { NumberField } from "../../kit/NumberField";
import { ReasonDialog } from "../../kit/ReasonDialog";
import { ErrorNote } from "../../kit/states";
import { ChangesTable } from "../../kit/versions";
import { SCOPES } from "../drift/driftWords";
import { type Content, MAX_COMMENT, rowFaults, targetChanges } from "../drift/targetForm";
import { useTargetChange } from "../drift/useTargetChange";
import {
  BEGINNING,
  contentOf,
  KINDS,
  type Kind,
  originWords,
  type TargetTexts,
  textFaults,
} from "./savedTarget";

const NAMES = Object.fromEntries(Object.entries(KINDS).map(([kind, { name }]) => [kind, name])) as Record<
  Kind,
  string
>;

/** Whose targets the weights become, with what cash and bands, and what that replaces. */
export function SaveTargetDialog({
  portfolio,
  point,
  onSaved,
  onClose,
}: {
  portfolio: OptimizedPortfolio;
  point: EfficientPoint | null;
  onSaved: (set: TargetSet) => void;
  onClose: () => void;
}) {
  const form = useSaving(point?.weights ?? portfolio.weights, onSaved);
  const { whose, kind, texts, faults, content, known, blocked, error, busy } = form;
  return (
    <ReasonDialog
      title="Save as target"
      action="State these targets"
      label="Comment"
      initial={originWords(portfolio, point)}
      most={MAX_COMMENT}
      busy={busy}
      blocked={blocked}
      onSubmit={(comment) => void form.submit(comment)}
      onClose={onClose}
    >
      <Box
        sx={{ display: "grid", gridTemplateColumns: { sm: "repeat(3, minmax(0, 1fr))" }, gap: 1.5, py: 1 }}
      >
        <ChoiceField label="Targets of a" value={whose.scope} choices={SCOPES} onChange={form.setScope} />
        {whose.scope === "GROUP" ? (
          <GroupSelect value={whose.id} onChange={form.setId} none="Choose a group" />
        ) : (
          <LateField label="Account id" value={whose.id} onChange={form.setId} />
        )}
        <ChoiceField
          label="The assets are"
          value={kind}
          choices={NAMES}
          hint={KINDS[kind].hint}
          onChange={form.setKind}
        />
        <NumberField
          label="Cash, % of NAV"
          hint="The weights share the rest"
          text={texts.cash}
          error={faults.cash}
          onChange={(cash) => form.setTexts({ cash })}
        />
        <NumberField
          label="Band, points"
          hint="Empty, both: 5 points"
          text={texts.points}
          error={faults.points}
          onChange={(points) => form.setTexts({ points })}
        />
        <NumberField
          label="Band, % of target"
          hint="The narrower band holds"
          text={texts.relative}
          error={faults.relative}
          onChange={(relative) => form.setTexts({ relative })}
        />
      </Box>
      {whose.id !== "" && <Replaced kind={kind} known={known} content={content} />}
      {error !== null && <NotSaved error={error} content={content} />}
    </ReasonDialog>
  );
}

/** What is typed, and what would become of it. */
function useTyped(weights: Record<string, number>) {
  const [whose, setWhose] = useState<{ scope: TargetScope; id: string }>({ scope: "GROUP", id: "" });
  const [kind, setKind] = useState<Kind>("SECURITY");
  const [texts, setTexts] = useState<TargetTexts>(BEGINNING);
  const asked = { scope: whose.scope, scopeId: whose.id, dimension: kind };
  const read = useListTargetSetsQuery(asked, { skip: whose.id === "" });
  const known = read.currentData ? (read.currentData.target_sets[0] ?? null) : undefined;
  const faults = textFaults(texts);
  return {
    whose,
    setWhose,
    kind,
    setKind,
    texts,
    setTexts,
    faults,
    content: contentOf(weights, texts),
    known,
    blocked: whyNot(whose.id, Object.keys(faults).length > 0, known, read.error),
  };
}

function useSaving(weights: Record<string, number>, onSaved: (set: TargetSet) => void) {
  const typed = useTyped(weights);
  const { whose, setWhose, kind, texts, setTexts, content, known, blocked } = typed;
  const [send] = useStateTargetsMutation();
  const { change, error, setError, busy } = useTargetChange();
  const submit = async (comment: string) => {
    if (blocked !== undefined) return;
    const version = known?.version ?? 0;
    const of = { scope: whose.scope, scope_id: whose.id, dimension: kind, version, comment };
    await change(
      async (key) =>
        onSaved(await send({ "Idempotency-Key": key, stateTargets: { ...of, ...content } }).unwrap()),
      `The targets of ${whose.id} are stated`,
    );
  };
  const clearing =
    <Value,>(then: (value: Value) => void) =>
    (value: Value) => {
      setError(null);
      then(value);
    };
  return {
    ...typed,
    error,
    busy,
    submit,
    setScope: clearing((scope: TargetScope) => setWhose({ scope, id: "" })),
    setId: clearing((id: string) => setWhose({ ...whose, id })),
    setKind: clearing(typed.setKind),
    setTexts: clearing((part: Partial<TargetTexts>) => setTexts({ ...texts, ...part })),
  };
}

/** Why the targets cannot be stated now; `known` is undefined while what it would replace is not known. */
function whyNot(
  id: string,
  isWrong: boolean,
  known: TargetSetRow | null | undefined,
  error: unknown,
): string | undefined {
  if (id === "") return "Choose whose targets they are.";
  if (isWrong) return "Cash or a band is no number within its bounds.";
  if (error !== undefined) return "The targets that hold now could not be read.";
  if (known === undefined) return "Reading the targets that hold now.";
  return known?.pending ? "A version waits for its approval: it is decided on first." : undefined;
}

function Replaced({
  kind,
  known,
  content,
}: {
  kind: Kind;
  known: TargetSetRow | null | undefined;
  content: Content;
}) {
  if (known === undefined) return null;
  const held = known?.in_force ?? null;
  return (
    <Box sx={{ mb: 1, overflowX: "auto" }} tabIndex={0} role="group" aria-label="What is replaced">
      <Typography variant="body2" color="textSecondary">
        {held
          ? `They replace version ${held.version}, which holds since ${held.effective_from}.`
          : "No targets of this kind hold now."}
      </Typography>
      <ChangesTable changes={targetChanges(kind, held, content)} nothing="Nothing." of={NAMES[kind]} />
    </Box>
  );
}

/** What cannot be saved and why, by the symbol that it is about. */
function NotSaved({ error, content }: { error: unknown; content: Content }) {
  const errors = fieldErrors(error);
  const others = Object.keys(errors).filter((field) => !field.startsWith("targets"));
  const faults = [...others.map((field) => errors[field]), ...rowFaults(errors, content)];
  if (faults.length === 0) return <ErrorNote error={error} title="The targets were not stated" />;
  return (
    <Alert severity="error" variant="outlined" sx={{ my: 1 }}>
      <Typography>Nothing was stated, because:</Typography>
      {faults.map((fault) => (
        <div key={fault}>{fault}</div>
      ))}
    </Alert>
  );
}
