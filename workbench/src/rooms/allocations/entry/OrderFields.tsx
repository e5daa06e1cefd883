import { Box, Typography } from "@mui/material";
import { Controller } from "react-hook-form";
import { useAppSelector } from "../../../store";
import { BondSearch } from "../../securities/BondSearch";
import { selectDraft } from "../draftSlice";
import { GroupList } from "./GroupList";
import { SideButtons } from "./SideButtons";
import { SizeFields } from "./SizeFields";
import { TermsFields } from "./TermsFields";
import { Tour } from "./Tour";
import type { Entry } from "./useEntryForm";

/** All fields of step 1, one below the other. `replaced`: they take the place of fields that had the focus. */
export function OrderFields({ entry, replaced }: { entry: Entry; replaced: boolean }) {
  const { form, together, faultOf } = entry;
  const { priced } = useAppSelector(selectDraft);
  const { side, sizeKind } = form.watch();
  return (
    <Box sx={{ display: "grid", gridTemplateColumns: "minmax(0, 1fr)", gap: 1.5, alignContent: "start" }}>
      <Box sx={{ display: "flex", flexWrap: "wrap", gap: 1.5, alignItems: "flex-start" }}>
        <Box data-hint="bond" sx={{ flex: "1 1 260px", minWidth: 0 }}>
          <BondField entry={entry} replaced={replaced} />
        </Box>
        <SideButtons value={side} onChange={(next) => form.setValue("side", next)} />
      </Box>
      <SizeFields
        form={form}
        pricedFace={priced?.total_quantity ?? null}
        error={faultOf("sizeText", `order.${sizeKind}`)}
      />
      <TermsFields
        form={form}
        priced={priced}
        errors={{
          settlementDate: faultOf("settlementDate", "order.settlement_date"),
          priceText: faultOf("priceText", "order.price"),
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
              error={faultOf("groups", "portfolio_groups")}
            />
          )}
        />
      </Box>
      <Tour />
    </Box>
  );
}

function BondField({ entry: { form, faultOf }, replaced }: { entry: Entry; replaced: boolean }) {
  return (
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
          error={faultOf("security", "order.security_id")}
        />
      )}
    />
  );
}
