import { Box, Button, Typography } from "@mui/material";
import { lazy, Suspense, useState } from "react";
import { type FairnessPolicy, useGetFairnessPolicyQuery } from "../../api/generated/api";
import { FactStrip } from "../../kit/FactStrip";
import { dateTime } from "../../kit/format";
import { Guarded } from "../../kit/Guarded";
import { ErrorNote, Loading } from "../../kit/states";
import { usePermission } from "../../session/usePermission";
import { PolicyVersions } from "./PolicyVersions";
import { boundWords, policyWords, TERM_NAMES } from "./policyWords";

const PolicyForm = lazy(() => import("./PolicyForm"));

export default function PolicyTab() {
  return (
    <Guarded needs="allocations:read">
      <Loaded />
    </Guarded>
  );
}

function Loaded() {
  const { data: policy, error, refetch } = useGetFairnessPolicyQuery({});
  if (error) return <ErrorNote error={error} onRetry={refetch} title="The policy could not be read" />;
  if (!policy) return <Loading label="Reading the policy" height="60vh" />;
  return (
    <Box sx={{ maxWidth: 1100 }}>
      <InForce policy={policy} />
      <Change policy={policy} />
      <PolicyVersions />
    </Box>
  );
}

function InForce({ policy }: { policy: FairnessPolicy }) {
  const terms = policyWords(policy);
  return (
    <section aria-label="Policy in force">
      <FactStrip
        facts={[
          ["In force", policy.version === 0 ? "Version 0, built in" : `Version ${policy.version}`],
          ["Stated", policy.created_at ? dateTime(policy.created_at) : "Before the desk stated one"],
          ["By", policy.created_by ?? "The service"],
        ]}
      />
      <Typography
        component="blockquote"
        variant="body2"
        sx={{ m: 0, my: 1.5, pl: 1.5, borderLeft: 3, borderColor: "divider", whiteSpace: "pre-wrap" }}
      >
        {policy.statement}
      </Typography>
      <Box
        component="dl"
        sx={{ display: "grid", gridTemplateColumns: { sm: "150px 1fr" }, columnGap: 2, rowGap: 0.5, m: 0 }}
      >
        {(Object.keys(TERM_NAMES) as (keyof typeof TERM_NAMES)[]).map((name) => (
          <Box key={name} sx={{ display: "contents" }}>
            <Typography component="dt" variant="body2" color="textSecondary">
              {TERM_NAMES[name]}
            </Typography>
            <Typography component="dd" variant="body2" sx={{ m: 0 }}>
              {terms[name]}
            </Typography>
          </Box>
        ))}
        <Typography component="dt" variant="body2" color="textSecondary">
          Bound
        </Typography>
        <Typography component="dd" variant="body2" sx={{ m: 0 }}>
          {boundWords(policy)}
        </Typography>
      </Box>
    </section>
  );
}

function Change({ policy }: { policy: FairnessPolicy }) {
  const may = usePermission("fairness:policy");
  const [open, setOpen] = useState(false);
  const [wasOpen, setWasOpen] = useState(false);
  if (!may)
    return (
      <Typography variant="body2" color="textSecondary" sx={{ mt: 2 }}>
        A new version is stated by users with the permission <code>fairness:policy</code>.
      </Typography>
    );
  if (!open)
    return (
      <Button variant="outlined" autoFocus={wasOpen} onClick={() => setOpen(true)} sx={{ mt: 2 }}>
        State a new version
      </Button>
    );
  return (
    <Suspense fallback={<Loading label="Loading the form" height={400} />}>
      <PolicyForm
        inForce={policy}
        onClose={() => {
          setOpen(false);
          setWasOpen(true);
        }}
      />
    </Suspense>
  );
}
