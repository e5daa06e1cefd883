import { yupResolver } from "@hookform/resolvers/yup";
import { Box, Button, ToggleButton, ToggleButtonGroup, Typography } from "@mui/material";
import { useEffect, useRef } from "react";
import { Controller, useForm } from "react-hook-form";
import { useNavigate } from "react-router-dom";
import type { Side } from "../../../api/generated/api";
import { fieldErrors } from "../../../api/problems";
import { SIDE_COLOURS } from "../../../kit/Side";
import { useAppDispatch, useAppSelector, useAppStore } from "../../../store";
import { BondSearch } from "../../securities/BondSearch";
import { draftChanged, orderPriced, selectDraft } from "../draftSlice";
import { StepFooter } from "../wizard/StepFooter";
import { ENTRY_FORM, stepAddress } from "../wizard/steps";
import { useEntryLimits } from "../wizard/useReach";
import { BondSide } from "./BondSide";
import { chosenRequest } from "./capacityRequests";
import { changesOf, type EntryValues, entrySchema, valuesOf } from "./faults";
import { GroupList } from "./GroupList";
import { SizeFields } from "./SizeFields";
import { TermsFields } from "./TermsFields";
import { useCapacity } from "./useCapacity";

/** Another order in the place of this one begins with fields of its own. */
export default function EntryStep() {
  const { revision } = useAppSelector(selectDraft);
  const first = useRef(revision);
  return <EntryForm key={revision} replaced={revision !== first.current} />;
}

/** `replaced`: it takes the place of fields that had the focus. */
function EntryForm({ replaced }: { replaced: boolean }) {
  const draft = useAppSelector(selectDraft);
  const dispatch = useAppDispatch();
  const navigate = useNavigate();
  const limits = useEntryLimits();
  const form = useForm<EntryValues>({
    defaultValues: valuesOf(draft),
    context: limits,
    resolver: yupResolver(entrySchema),
  });
  const store = useAppStore();
  useEffect(
    () =>
      form.subscribe({
        formState: { values: true },
        callback: ({ values }) => {
          const changes = changesOf(selectDraft(store.getState()), values);
          if (Object.keys(changes).length > 0) dispatch(draftChanged(changes));
        },
      }),
    [form, store, dispatch],
  );
  const together = useCapacity(chosenRequest(draft));
  const priced = together.data?.order;
  useEffect(() => {
    if (priced && draft.priced !== priced) dispatch(orderPriced(priced));
  }, [priced, draft.priced, dispatch]);
  const { errors } = form.formState;
  const refused = { ...draft.refused, ...fieldErrors(together.error) };
  const values = form.watch();
  return (
    <Box
      component="form"
      id={ENTRY_FORM}
      noValidate
      aria-label="Order Entry"
      onSubmit={form.handleSubmit(() => navigate(stepAddress("allocation-method")))}
    >
      <Box
        sx={{
          display: "grid",
          gap: 3,
          gridTemplateColumns: { xs: "minmax(0, 1fr)", lg: "minmax(0, 1.25fr) minmax(0, 1fr)" },
        }}
      >
        <Box sx={{ display: "grid", gridTemplateColumns: "minmax(0, 1fr)", gap: 1.5, alignContent: "start" }}>
          <Box sx={{ display: "flex", flexWrap: "wrap", gap: 1.5, alignItems: "flex-start" }}>
            <Box data-hint="bond" sx={{ flex: "1 1 260px", minWidth: 0 }}>
              <Controller
                control={form.control}
                name="security"
                render={({ field }) => (
                  <BondSearch
                    value={field.value}
                    onChange={(bond) => {
                      field.onChange(bond);
                      // A price of the one bond says nothing about another.
                      form.setValue("priceText", "");
                    }}
                    inputRef={field.ref}
                    autoFocus={replaced || field.value === null}
                    error={errors.security?.message ?? refused["order.security_id"]}
                  />
                )}
              />
            </Box>
            <SideButtons value={values.side} onChange={(side) => form.setValue("side", side)} />
          </Box>
          <SizeFields
            form={form}
            pricedFace={limits.pricedFace}
            error={errors.sizeText?.message ?? refused[`order.${values.sizeKind}`]}
          />
          <TermsFields
            form={form}
            priced={draft.priced}
            errors={{
              settlementDate: errors.settlementDate?.message ?? refused["order.settlement_date"],
              priceText: errors.priceText?.message ?? refused["order.price"],
            }}
          />
          <Box data-hint="groups">
            <Typography variant="h3" sx={{ mb: 0.5 }}>
              Groups
            </Typography>
            <Controller
              control={form.control}
              name="groups"
              render={({ field }) => (
                <GroupList
                  chosen={field.value}
                  onChange={field.onChange}
                  inputRef={field.ref}
                  together={together}
                  error={errors.groups?.message ?? refused.portfolio_groups}
                />
              )}
            />
          </Box>
        </Box>
        <BondSide bond={values.security} />
      </Box>
      <StepFooter>
        <Button type="submit" variant="contained" data-hint="next">
          Next
        </Button>
      </StepFooter>
    </Box>
  );
}

function SideButtons({ value, onChange }: { value: Side; onChange: (side: Side) => void }) {
  return (
    <ToggleButtonGroup
      exclusive
      size="small"
      value={value}
      onChange={(_event, side: Side | null) => side && onChange(side)}
      aria-label="Side"
    >
      {(["BUY", "SELL"] as const).map((side) => (
        <ToggleButton
          key={side}
          value={side}
          sx={{
            px: 2.5,
            py: 0.75,
            fontWeight: 700,
            "&.Mui-selected, &.Mui-selected:hover": {
              bgcolor: SIDE_COLOURS[side],
              color: "background.paper",
            },
          }}
        >
          {side === "BUY" ? "+ BUY" : "− SELL"}
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  );
}
