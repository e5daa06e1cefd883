import { Alert, Button, Link, Stack, Typography } from "@mui/material";
import { useState } from "react";
import { Link as RouterLink } from "react-router-dom";
import type { EfficientPoint, OptimizedPortfolio, TargetSet } from "../../api/generated/api";
import { PAGE_OF } from "../../kit/links";
import { Section } from "../../kit/Section";
import { usePermission } from "../../session/usePermission";
import { targetsPath } from "../drift/driftWords";
import { SaveTargetDialog } from "./SaveTargetDialog";
import { blockedWords } from "./savedTarget";

/** Makes the weights the targets of a group or an account; from there drift, proposals and blotters go on. */
export function TargetPart({
  portfolio,
  point,
}: {
  portfolio: OptimizedPortfolio;
  /** Of the frontier, if one is chosen. */
  point: EfficientPoint | null;
}) {
  const may = usePermission("targets:write");
  const [isOpen, setOpen] = useState(false);
  const [saved, setSaved] = useState<TargetSet | null>(null);
  const blocked = blockedWords(point?.weights ?? portfolio.weights);
  return (
    <Section title="Targets">
      <Stack direction="row" useFlexGap sx={{ flexWrap: "wrap", gap: 1.5, alignItems: "center" }}>
        <Button variant="outlined" disabled={!may || blocked !== null} onClick={() => setOpen(true)}>
          Save as target…
        </Button>
        <Typography color="textSecondary" sx={{ minWidth: 0 }}>
          {blocked ??
            (may
              ? `${point ? "The chosen point becomes" : "These weights become"} what a group or an account aims at.`
              : "Saving them as targets needs targets:write.")}
        </Typography>
      </Stack>
      {saved && <Saved set={saved} />}
      {isOpen && (
        <SaveTargetDialog
          portfolio={portfolio}
          point={point}
          onSaved={(set) => {
            setSaved(set);
            setOpen(false);
          }}
          onClose={() => setOpen(false)}
        />
      )}
    </Section>
  );
}

function Saved({ set }: { set: TargetSet }) {
  const { scope, scope_id: id, version, pending } = set;
  const drift = scope === "GROUP" ? PAGE_OF.groupDrift(id) : PAGE_OF.accountDrift(id);
  return (
    <Alert severity={pending ? "info" : "success"} variant="outlined" role="status" sx={{ mt: 1 }}>
      {pending
        ? `Version ${version} of the targets of ${id} waits for another user's approval. `
        : `Version ${version} of the targets of ${id} is stated. `}
      <Link component={RouterLink} to={drift} underline="always">
        Open the drift
      </Link>{" "}
      <Link component={RouterLink} to={targetsPath(scope, id, set.dimension)} underline="always">
        Open the targets
      </Link>
    </Alert>
  );
}
