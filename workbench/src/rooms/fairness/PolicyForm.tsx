import { yupResolver } from "@hookform/resolvers/yup";
import { Box, Button, Typography } from "@mui/material";
import { useState } from "react";
import { type FieldErrors, useForm, useWatch } from "react-hook-form";
import {
  type FairnessPolicy,
  type PutPolicy,
  useGetFairnessPolicyQuery,
  usePutFairnessPolicyMutation,
} from "../../api/generated/api";
import { problemOf } from "../../api/problems";
import { sendSafely } from "../../api/safely";
import { ErrorNote } from "../../kit/states";
import { ChangesTable, NewerVersion } from "../../kit/versions";
import { noticed } from "../../shell/noticesSlice";
import { useAppDispatch } from "../../store";
import { PolicyFields } from "./PolicyFields";
import { type PolicyValues, policySchema, putPolicy, termsOf, valuesOf } from "./policyForm";
import { policyChanges } from "./policyWords";

const FIELDS = ["half_life_days", "fairness_weight", "stated", "statement"] as const;

/** Sends a new version once, whatever is lost on the way; a newer one that came first is read. */
function usePutPolicy(onDone: () => void) {
  const dispatch = useAppDispatch();
  const { refetch } = useGetFairnessPolicyQuery({});
  const [send, { isLoading }] = usePutFairnessPolicyMutation();
  const [error, setError] = useState<unknown>(null);
  const put = async (policy: PutPolicy) => {
    setError(null);
    try {
      const made = await sendSafely((key) => send({ "Idempotency-Key": key, putPolicy: policy }).unwrap());
      dispatch(
        noticed({ severity: "success", message: `Fairness policy version ${made.version} is in force` }),
      );
      onDone();
    } catch (failure) {
      setError(failure);
      if (problemOf(failure)?.code === "POLICY_CHANGED") void refetch();
    }
  };
  return { put, isLoading, error, setError };
}

/** A new version of the policy, in the place of the one that its user has read (optimistic lock). */
export default function PolicyForm({ inForce, onClose }: { inForce: FairnessPolicy; onClose: () => void }) {
  // The version that the user has read; a newer one is only taken when it was shown.
  const [base, setBase] = useState(inForce);
  const form = useForm<PolicyValues>({
    defaultValues: valuesOf(inForce),
    resolver: yupResolver(policySchema),
    shouldFocusError: false,
  });
  const typed = useWatch({ control: form.control }) as PolicyValues;
  const changes = policyChanges(base, termsOf(typed));
  // In the order on the screen: fields that come and go are registered late.
  const focusFirst = (errors: FieldErrors<PolicyValues>) => {
    const first = FIELDS.find((name) => name in errors);
    if (first) form.setFocus(first);
  };
  const { put, isLoading, error, setError } = usePutPolicy(onClose);
  const submit = form.handleSubmit((values) => put(putPolicy(values, base.version)), focusFirst);
  const isOld = inForce.version !== base.version;
  const isSame = changes.length === 0 && typed.statement.trim() === base.statement;
  const hint = isOld
    ? "Compare with the newer version first."
    : isSame
      ? "Nothing is changed yet."
      : "Holds for previews from now on; those made before keep their version.";
  return (
    <Box
      component="form"
      noValidate
      onSubmit={submit}
      aria-label="New version of the fairness policy"
      sx={{ mt: 2, pt: 2, borderTop: 1, borderColor: "divider" }}
    >
      <Typography variant="h3" component="h2" sx={{ mb: 1.5 }}>
        New version, in the place of version {base.version}
      </Typography>
      <PolicyFields form={form} typed={typed} />
      <ChangesTable
        changes={changes}
        nothing={isSame ? "Nothing yet." : "Nothing but the statement."}
        of="Term"
      />
      {isOld && (
        <NewerVersion
          by={inForce.created_by}
          version={inForce.version}
          onCompare={() => {
            setBase(inForce);
            setError(null);
          }}
        />
      )}
      {error !== null && !isOld && (
        <Box sx={{ mt: 1.5 }}>
          <ErrorNote error={error} title="The policy was not put in force" />
        </Box>
      )}
      <Box sx={{ display: "flex", alignItems: "center", gap: 1, mt: 2 }}>
        <Button type="submit" variant="contained" loading={isLoading} disabled={isOld || isSame}>
          Put in force
        </Button>
        <Button onClick={onClose} disabled={isLoading}>
          Back
        </Button>
        <Typography variant="body2" color="textSecondary">
          {hint}
        </Typography>
      </Box>
    </Box>
  );
}
