import { Autocomplete, Box, TextField, Typography } from "@mui/material";
import { type Ref, useState } from "react";
import { type SecurityHit, useSearchSecuritiesQuery } from "../../api/generated/api";
import { messageOf } from "../../api/problems";
import { basisPoints, date, UNKNOWN } from "../../kit/format";
import { useSettled } from "../../kit/useSettled";
import { selectUser } from "../../session/sessionSlice";
import { useAppSelector } from "../../store";
import { keepRecent, recentBonds } from "./recent";

const TYPING_MILLISECONDS = 200;
const MOST_HITS = 12;

/** Finds a bond by CUSIP, ISIN, ticker, issuer or words; with nothing typed, those chosen last. */
export function BondSearch({
  value,
  onChange,
  error,
  inputRef,
  autoFocus,
}: {
  value: SecurityHit | null;
  onChange: (bond: SecurityHit | null) => void;
  error?: string;
  inputRef?: Ref<HTMLInputElement>;
  autoFocus?: boolean;
}) {
  const user = useAppSelector(selectUser);
  const [typed, setTyped] = useState("");
  const chosen = value !== null && typed === value.description;
  const query = useSettled(chosen ? "" : typed.trim(), TYPING_MILLISECONDS);
  const {
    data,
    isFetching,
    error: failed,
  } = useSearchSecuritiesQuery({ query, limit: MOST_HITS }, { skip: query === "" });
  const recent = recentBonds(user?.id ?? null);
  const hits = query === "" ? recent : (data?.securities ?? []);
  const failure = failed && query !== "" ? messageOf(failed) : undefined;
  const nothing = query === "" ? "Type a CUSIP, ISIN, ticker, issuer or words" : `No bond matches "${query}"`;
  const message = error ?? failure;
  return (
    <Autocomplete
      disablePortal
      options={hits}
      value={value}
      onChange={(_event, bond) => {
        if (bond) keepRecent(user?.id ?? null, bond);
        onChange(bond);
      }}
      inputValue={typed}
      onInputChange={(_event, text) => setTyped(text)}
      filterOptions={(options) => options}
      getOptionLabel={(bond) => bond.description}
      getOptionKey={(bond) => bond.cusip}
      isOptionEqualToValue={(option, other) => option.cusip === other.cusip}
      groupBy={query === "" ? () => "Chosen last" : undefined}
      autoHighlight={query !== ""}
      loading={isFetching}
      loadingText="Searching"
      noOptionsText={failure ?? nothing}
      renderOption={({ key, ...rest }, bond) => (
        <Box component="li" key={key} {...rest}>
          <BondOption bond={bond} />
        </Box>
      )}
      renderInput={(params) => (
        <TextField
          {...params}
          label="Bond"
          placeholder="CUSIP, ISIN, ticker, issuer or words"
          autoFocus={autoFocus}
          inputRef={inputRef}
          error={!!message}
          helperText={message ?? (value ? `${value.cusip} · ${value.isin ?? "no ISIN"}` : " ")}
        />
      )}
    />
  );
}

function BondOption({ bond }: { bond: SecurityHit }) {
  const facts = [
    bond.rating ?? "no rating",
    `matures ${date(bond.maturity)}`,
    bond.oas === null ? `OAS ${UNKNOWN}` : `OAS ${basisPoints(bond.oas)} bp`,
    bond.currency,
  ];
  return (
    <Box sx={{ width: "100%", minWidth: 0 }}>
      <Box sx={{ display: "flex", gap: 1, justifyContent: "space-between" }}>
        <Typography noWrap>{bond.description}</Typography>
        <Typography color="textSecondary">{bond.cusip}</Typography>
      </Box>
      <Typography variant="caption" color="textSecondary">
        {bond.issuer ? `${bond.issuer} · ` : ""}
        {facts.join(" · ")}
      </Typography>
    </Box>
  );
}
