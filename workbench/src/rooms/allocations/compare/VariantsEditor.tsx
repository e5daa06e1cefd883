import {
  Box,
  Button,
  IconButton,
  MenuItem,
  Table,
  TableBody,
  TableCell,
  TableContainer,
  TableHead,
  TableRow,
  TextField,
  Tooltip,
  Typography,
} from "@mui/material";
import { visuallyHidden } from "@mui/utils";
import { useRef } from "react";
import type { AllocationMethod, BaseMetric, FairnessMode } from "../../../api/generated/api";
import { UNKNOWN } from "../../../kit/format";
import { CloseIcon } from "../../../kit/icons";
import { useAppSelector } from "../../../store";
import { selectDraft } from "../draftSlice";
import { BASES, METHODS } from "../method/methods";
import { addedPlan, MOST_VARIANTS, nameFaults, type Plan, withBase, withFairness } from "./variants";

const FAIRNESS: readonly { value: FairnessMode | ""; title: string }[] = [
  { value: "", title: "As the policy says" },
  { value: "PER_ORDER", title: "Order by itself" },
  { value: "LEDGER", title: "By the ledger" },
];

/** Which ways of splitting the order are compared. */
export function VariantsEditor({
  plans,
  onChange,
}: {
  plans: readonly Plan[];
  onChange: (plans: Plan[]) => void;
}) {
  const { parameters } = useAppSelector(selectDraft);
  const table = useRef<HTMLTableElement>(null);
  const faults = nameFaults(plans);
  const full = plans.length >= MOST_VARIANTS;
  const put = (plan: Plan) => onChange(plans.map((other) => (other.key === plan.key ? plan : other)));
  const remove = (key: number) => {
    onChange(plans.filter((plan) => plan.key !== key));
    table.current?.querySelector<HTMLInputElement>("input")?.focus();
  };
  return (
    <Box>
      <TableContainer>
        <Table ref={table} aria-label="Variants" sx={{ maxWidth: 980 }}>
          <Headings />
          <TableBody>
            {plans.map((plan) => (
              <PlanRow
                key={plan.key}
                plan={plan}
                fault={faults[plan.key]}
                onChange={put}
                onRemove={plans.length > 1 ? () => remove(plan.key) : undefined}
              />
            ))}
          </TableBody>
        </Table>
      </TableContainer>
      <Box sx={{ display: "flex", alignItems: "center", gap: 1.5, mt: 0.5 }}>
        <Button
          disabled={full}
          onClick={() => onChange([...plans, addedPlan(plans, "PRO_RATA", { ...parameters.PRO_RATA })])}
        >
          Add variant
        </Button>
        {full && (
          <Typography color="textSecondary">At most {MOST_VARIANTS} variants can be compared.</Typography>
        )}
      </Box>
    </Box>
  );
}

function Headings() {
  return (
    <TableHead>
      <TableRow>
        <TableCell>Name</TableCell>
        <TableCell>Method</TableCell>
        <TableCell>Shares by</TableCell>
        <TableCell>Fairness</TableCell>
        <TableCell>
          <Box component="span" sx={visuallyHidden}>
            What to do
          </Box>
        </TableCell>
      </TableRow>
    </TableHead>
  );
}

interface PlanProps {
  plan: Plan;
  onChange: (plan: Plan) => void;
}

function PlanRow({
  plan,
  fault,
  onChange,
  onRemove,
}: PlanProps & { fault: string | undefined; onRemove?: () => void }) {
  const { parameters } = useAppSelector(selectDraft);
  const takeMethod = (method: AllocationMethod) =>
    onChange({ ...plan, method, parameters: { ...parameters[method] } });
  return (
    <TableRow>
      <TableCell>
        <TextField
          value={plan.name}
          onChange={(event) => onChange({ ...plan, name: event.target.value })}
          error={!!fault}
          helperText={fault}
          slotProps={{ htmlInput: { "aria-label": "Name of the variant", maxLength: 60 } }}
          sx={{ minWidth: 210 }}
        />
      </TableCell>
      <TableCell>
        <Pick label={`Method of ${plan.name}`} value={plan.method} options={METHODS} onChange={takeMethod} />
      </TableCell>
      <TableCell>
        <Shares plan={plan} onChange={onChange} />
      </TableCell>
      <TableCell>
        <Fairness plan={plan} onChange={onChange} />
      </TableCell>
      <TableCell align="right">
        <Tooltip title={onRemove ? "" : "One variant has to stay."}>
          <span>
            <IconButton aria-label={`Remove ${plan.name}`} disabled={!onRemove} onClick={onRemove}>
              <CloseIcon fontSize="small" />
            </IconButton>
          </span>
        </Tooltip>
      </TableCell>
    </TableRow>
  );
}

function Shares({ plan, onChange }: PlanProps) {
  const { parameters } = useAppSelector(selectDraft);
  const own = parameters.PRO_RATA ?? {};
  if (plan.method !== "PRO_RATA")
    return (
      <Typography color="textSecondary">
        {plan.method === "CUSTOM_WEIGHTS" ? customText(plan) : UNKNOWN}
      </Typography>
    );
  return (
    <Pick
      label={`Shares of ${plan.name} by`}
      value={plan.parameters.base_metric ?? "NAV"}
      options={BASES.filter(({ value }) => canBase(value, plan, own))}
      onChange={(base) => onChange(withBase(plan, base, own))}
    />
  );
}

function Fairness({ plan, onChange }: PlanProps) {
  const instruction =
    plan.method === "CUSTOM_WEIGHTS" ||
    (plan.method === "PRO_RATA" && (plan.parameters.base_metric ?? "NAV") !== "NAV");
  if (instruction) return <Typography color="textSecondary">Recorded only</Typography>;
  return (
    <Pick
      label={`Fairness of ${plan.name}`}
      value={plan.parameters.fairness ?? ""}
      options={FAIRNESS}
      onChange={(mode) => onChange(withFairness(plan, mode === "" ? null : mode))}
    />
  );
}

/** Bases that need amounts are offered where the order has them. */
function canBase(base: BaseMetric, plan: Plan, own: { base_metric?: BaseMetric }): boolean {
  if (base !== "CUSTOM" && base !== "ORDER_SIZE") return true;
  return own.base_metric === base || plan.parameters.base_metric === base;
}

function customText({ parameters }: Plan): string {
  const weights = Object.keys(parameters.weights ?? {}).length;
  const stated = parameters.allocations?.length ?? 0;
  if (stated > 0) return `${stated} stated amounts`;
  return weights > 0 ? `${weights} weights` : "No weights yet: give them in step 2";
}

function Pick<Value extends string>({
  label,
  value,
  options,
  onChange,
}: {
  label: string;
  value: Value;
  options: readonly { value: Value; title: string }[];
  onChange: (value: Value) => void;
}) {
  return (
    <TextField
      select
      value={value}
      onChange={(event) => onChange(event.target.value as Value)}
      slotProps={{ select: { displayEmpty: true, SelectDisplayProps: { "aria-label": label } } }}
      sx={{ minWidth: 170 }}
    >
      {options.map((option) => (
        <MenuItem key={option.value} value={option.value}>
          {option.title}
        </MenuItem>
      ))}
    </TextField>
  );
}
