import {
  Alert,
  Box,
  Checkbox,
  FormControl,
  FormControlLabel,
  FormGroup,
  FormLabel,
  Typography,
} from "@mui/material";
import { useState } from "react";
import { useNavigate } from "react-router-dom";
import {
  type RebalancingFrequency,
  type ShownBacktestRequest,
  useGetBacktestGridQuery,
  useRunBacktestGridMutation,
} from "../../api/generated/api";
import { sendSafely } from "../../api/safely";
import { count } from "../../kit/format";
import { PAGE_OF } from "../../kit/links";
import { NotPermitted } from "../../kit/NotPermitted";
import { NotRead } from "../../kit/NotRead";
import { NumberField } from "../../kit/NumberField";
import { Page } from "../../kit/Page";
import { Section } from "../../kit/Section";
import { Loading } from "../../kit/states";
import { useUrlFilters } from "../../kit/useUrlFilters";
import { usePermission } from "../../session/usePermission";
import { BacktestFields, FIELDS } from "./BacktestFields";
import type { BacktestForm, Errors } from "./backtestForm";
import { FREQUENCIES } from "./backtestWords";
import { type GridForm, gridFormOf, gridRequest, NOTHING_TRIED, parametersOf, triedOf } from "./gridForm";

const FILTERS = ["again"] as const;
const TITLE = "New grid of backtests";

export default function NewGridPage() {
  if (!usePermission("market-history:read"))
    return <NotPermitted title={TITLE} permission="market-history:read" />;
  return <NewGrid />;
}

/** The form, filled with the terms of a grid that is to be run again. */
function NewGrid() {
  const [{ again }] = useUrlFilters(FILTERS);
  const { currentData, error, refetch } = useGetBacktestGridQuery({ gridId: again }, { skip: again === "" });
  if (again === "") return <Form before={NOTHING_TRIED} />;
  if (currentData) {
    const { base, grid } = currentData.request;
    return <Form key={again} again={base} before={gridFormOf(grid)} />;
  }
  return (
    <Page title={TITLE}>
      {error ? (
        <NotRead
          what="grid"
          error={error}
          onRetry={refetch}
          all={{ to: "/backtest/grids", label: "All grids" }}
        />
      ) : (
        <Loading label="Reading the grid" height="60vh" />
      )}
    </Page>
  );
}

function Form({ again, before }: { again?: ShownBacktestRequest; before: GridForm }) {
  const navigate = useNavigate();
  const [run, { error, isLoading }] = useRunBacktestGridMutation();
  const [tried, setTried] = useState(before);
  return (
    <Page
      title={TITLE}
      subtitle="A backtest for each combination of parameters, and how much of the best one is luck"
    >
      <BacktestFields
        again={again}
        action="Run the grid"
        prefix="base."
        more={{
          part: (form, errors) => (
            <Tried
              form={form}
              tried={tried}
              errors={errors}
              onChange={(changes) => setTried((all) => ({ ...all, ...changes }))}
            />
          ),
          errors: (form) => parametersOf(tried, form).errors,
        }}
        error={error}
        busy={isLoading}
        onRun={(base, form) => {
          const backtestGridRequest = gridRequest(base, parametersOf(tried, form).grid);
          void sendSafely((key) => run({ "Idempotency-Key": key, backtestGridRequest }).unwrap()).then(
            ({ grid_id }) => navigate(PAGE_OF.backtestGrid(grid_id)),
            () => {}, // The error is shown beside the fields.
          );
        }}
      />
    </Page>
  );
}

function Tried({
  form,
  tried,
  errors,
  onChange,
}: {
  form: BacktestForm;
  tried: GridForm;
  errors: Errors;
  onChange: (changes: Partial<GridForm>) => void;
}) {
  const { trials, errors: wrong } = parametersOf(tried, form);
  const toggle = (frequency: RebalancingFrequency, isTried: boolean) => {
    const others = tried.frequencies.filter((each) => each !== frequency);
    onChange({ frequencies: isTried ? [...others, frequency] : others });
  };
  if (form.type === "buy_and_hold")
    return (
      <Section title="What is tried">
        <Alert severity="warning" variant="outlined" sx={{ maxWidth: 1100 }}>
          Buy and hold has no parameters. Choose another strategy.
        </Alert>
      </Section>
    );
  return (
    <Section
      title="What is tried"
      note="Values separated by commas; they take the place of the one above. What is left empty is not varied"
    >
      <Box sx={FIELDS}>
        {triedOf(form).map(({ field, parameter, label, hint }) => (
          <NumberField
            key={field}
            label={label}
            hint={hint}
            text={tried[field]}
            error={errors[`grid.${parameter}`]}
            onChange={(text) => onChange({ [field]: text })}
          />
        ))}
      </Box>
      <FormControl component="fieldset" sx={{ mt: 1.5 }}>
        <FormLabel component="legend">Decides</FormLabel>
        <FormGroup row>
          {(Object.keys(FREQUENCIES) as RebalancingFrequency[]).map((frequency) => (
            <FormControlLabel
              key={frequency}
              label={FREQUENCIES[frequency]}
              control={
                <Checkbox
                  size="small"
                  checked={tried.frequencies.includes(frequency)}
                  onChange={(_event, isTried) => toggle(frequency, isTried)}
                />
              }
            />
          ))}
        </FormGroup>
      </FormControl>
      {errors.grid ? (
        <Alert severity="error" variant="outlined" sx={{ maxWidth: 1100 }}>
          {errors.grid}
        </Alert>
      ) : (
        Object.keys(wrong).length === 0 && (
          <Typography color="textSecondary">{count(trials)} backtests</Typography>
        )
      )}
    </Section>
  );
}
