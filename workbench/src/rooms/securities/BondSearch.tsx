import { Autocomplete, Box, TextField, Typography } from "@mui/material";
import { type Ref, useLayoutEffect, useRef, useState } from "react";
import { type SecurityHit, useSearchSecuritiesQuery } from "../../api/generated/api";
import { messageOf } from "../../api/problems";
import { basisPoints, date, UNKNOWN } from "../../kit/format";
import { useSettled } from "../../kit/useSettled";
import { selectUser } from "../../session/sessionSlice";
import { useAppSelector } from "../../store";
import { takeBegunSearch } from "./begunSearch";
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
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const begun = takeBegunSearch();
    if (begun?.text) {
      setTyped(begun.text);
      setOpen(true);
    }
    if (begun?.focused) root.current?.querySelector("input")?.focus();
  }, []);
  const wanted = typed === value?.description ? "" : typed.trim();
  const query = useSettled(wanted, TYPING_MILLISECONDS);
  const {
    currentData: found,
    isFetching,
    error: failed,
  } = useSearchSecuritiesQuery({ query, limit: MOST_HITS }, { skip: query === "" });
  // Hits of an older text are not offered: Enter would choose one that is not what was typed.
  const answered = query === wanted;
  const recent = recentBonds(user?.id ?? null);
  const hits = wanted === "" ? recent : answered ? (found?.securities ?? []) : [];
  const failure = failed && answered && query !== "" ? messageOf(failed) : undefined;
  const nothing =
    wanted === "" ? "Type a CUSIP, ISIN, ticker, issuer or words" : `No bond matches "${wanted}"`;
  const message = error ?? failure;
  return (
    <Autocomplete
      ref={root}
      disablePortal
      open={open}
      onOpen={() => setOpen(true)}
      onClose={() => setOpen(false)}
      options={hits}
      value={value}
      onChange={(_event, bond) => {
        if (bond) keepRecent(user?.id ?? null, bond);
        onChange(bond);
      }}
      inputValue={typed}
      onInputChange={(_event, text, reason) => {
        if (reason === "reset" && text === "") return;
        setTyped(text);
        // Whoever types another bond has not that one any more, whatever is pressed next.
        if (reason === "input" && value) onChange(null);
      }}
      filterOptions={(options) => options}
      getOptionLabel={(bond) => bond.description}
      getOptionKey={(bond) => bond.cusip}
      isOptionEqualToValue={(option, other) => option.cusip === other.cusip}
      groupBy={wanted === "" ? () => "Chosen last" : undefined}
      autoHighlight={wanted !== ""}
      loading={wanted !== "" && (isFetching || !answered)}
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
