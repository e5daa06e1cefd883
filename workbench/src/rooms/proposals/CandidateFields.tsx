import { Box, Chip, FormHelperText, MenuItem, Stack, TextField } from "@mui/material";
import { useState } from "react";
import { Section } from "../../kit/Section";
import { BondSearch } from "../securities/BondSearch";
import type { ProposalForm } from "./proposalForm";
import { SOURCES } from "./proposalWords";

/** Which bonds may be traded. */
export function CandidateFields({
  form: { candidates, bonds },
  error,
  onChange,
}: {
  form: ProposalForm;
  error?: string;
  onChange: (changes: Partial<ProposalForm>) => void;
}) {
  return (
    <Section title="Bonds to trade">
      <Box sx={{ maxWidth: 640, pt: 0.5, display: "grid", gap: 2 }}>
        <TextField
          select
          label="Bonds"
          value={candidates}
          helperText={SOURCES[candidates].hint}
          onChange={(event) => onChange({ candidates: event.target.value as ProposalForm["candidates"] })}
        >
          {Object.entries(SOURCES).map(([source, { name }]) => (
            <MenuItem key={source} value={source}>
              {name}
            </MenuItem>
          ))}
        </TextField>
        {candidates === "one" && (
          <BondSearch
            value={bonds[0] ?? null}
            error={error}
            onChange={(bond) => onChange({ bonds: bond ? [bond] : [] })}
          />
        )}
        {candidates === "buy_list" && (
          <BuyList bonds={bonds} error={error} onChange={(next) => onChange({ bonds: next })} />
        )}
      </Box>
    </Section>
  );
}

function BuyList({
  bonds,
  error,
  onChange,
}: {
  bonds: ProposalForm["bonds"];
  error?: string;
  onChange: (bonds: ProposalForm["bonds"]) => void;
}) {
  // A search that has found its bond begins anew for the next one.
  const [searches, setSearches] = useState(0);
  return (
    <Box role="group" aria-label="Buy list">
      <BondSearch
        key={searches}
        value={null}
        autoFocus={searches > 0}
        error={error}
        onChange={(bond) => {
          if (!bond) return;
          setSearches((before) => before + 1);
          if (!bonds.some(({ cusip }) => cusip === bond.cusip)) onChange([...bonds, bond]);
        }}
      />
      <Stack direction="row" useFlexGap spacing={1} sx={{ flexWrap: "wrap" }}>
        {bonds.map((bond) => (
          <Chip
            key={bond.cusip}
            label={`${bond.cusip} · ${bond.description}`}
            onDelete={() => onChange(bonds.filter(({ cusip }) => cusip !== bond.cusip))}
          />
        ))}
      </Stack>
      {bonds.length > 0 && <FormHelperText>Delete takes a bond from the list.</FormHelperText>}
    </Box>
  );
}
