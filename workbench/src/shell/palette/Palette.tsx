import { Autocomplete, Box, Dialog, TextField, Typography, useColorScheme } from "@mui/material";
import { skipToken } from "@reduxjs/toolkit/query";
import { type HTMLAttributes, useDeferredValue, useState } from "react";
import { useNavigate } from "react-router-dom";
import {
  useListPortfolioGroupsQuery,
  useLogoutMutation,
  useSearchSecuritiesQuery,
} from "../../api/generated/api";
import { beginOrder } from "../../rooms/allocations/wizard/beginOrder";
import { logOut } from "../../session/logOut";
import { selectPermissions } from "../../session/sessionSlice";
import { useAppDispatch, useAppSelector } from "../../store";
import { type Entry, entriesFor } from "./entries";

const MIN_SEARCH_CHARACTERS = 2;

/** What matches, with what the server finds of it. */
function useEntries(typed: string) {
  const searched = useDeferredValue(typed.trim());
  const permissions = useAppSelector(selectPermissions);
  const { data: groups } = useListPortfolioGroupsQuery(undefined, {
    skip: !permissions.includes("portfolios:read"),
  });
  const search = searched.length >= MIN_SEARCH_CHARACTERS && permissions.includes("securities:read");
  const { currentData: bonds, isFetching } = useSearchSecuritiesQuery(
    search ? { query: searched, limit: 6 } : skipToken,
  );
  const entries = entriesFor(typed, {
    permissions,
    groups: groups?.portfolio_groups ?? [],
    bonds: bonds?.securities ?? [],
  });
  return { entries, isSearching: isFetching };
}

/** Goes where an entry leads, and does what it commands. */
function useRun(onShortcuts: () => void) {
  const dispatch = useAppDispatch();
  const navigate = useNavigate();
  const { setMode } = useColorScheme();
  const [logout] = useLogoutMutation();
  return async (entry: Entry) => {
    if (entry.to) navigate(entry.to);
    if (entry.command === "LIGHT" || entry.command === "DARK")
      setMode(entry.command === "LIGHT" ? "light" : "dark");
    if (entry.command === "SHORTCUTS") onShortcuts();
    if (entry.command === "LOG_OUT") await logOut(() => logout({ logout: {} }).unwrap(), dispatch);
    if (entry.command === "NEW_ORDER") beginOrder();
  };
}

const SECTION = { px: 2, pt: 1, pb: 0.5, color: "text.secondary", fontSize: "0.75rem", fontWeight: 600 };

/** Finds bonds, groups, accounts, pages and ids by a few letters, and runs commands. */
export default function Palette({ onClose, onShortcuts }: { onClose: () => void; onShortcuts: () => void }) {
  const [typed, setTyped] = useState("");
  const { entries, isSearching } = useEntries(typed);
  const run = useRun(onShortcuts);
  return (
    <Dialog
      open
      onClose={onClose}
      fullWidth
      maxWidth="sm"
      slotProps={{ paper: { "aria-label": "Find", sx: { position: "absolute", top: "10vh", m: 1 } } }}
    >
      {/* Before the list, which would take the key to empty the field. */}
      <Box
        sx={{ p: 1.5, height: 400, maxHeight: "70vh" }}
        onKeyDownCapture={({ key }) => key === "Escape" && onClose()}
      >
        <Autocomplete<Entry>
          open
          autoHighlight
          options={entries}
          filterOptions={(options) => options}
          groupBy={({ section }) => section}
          getOptionLabel={({ label }) => label}
          getOptionKey={({ id }) => id}
          inputValue={typed}
          onInputChange={(_event, value, reason) =>
            reason !== "reset" && reason !== "selectOption" && setTyped(value)
          }
          onChange={(_event, entry) => {
            if (!entry) return;
            onClose();
            void run(entry);
          }}
          noOptionsText={isSearching ? "Searching" : "Nothing found"}
          disablePortal
          forcePopupIcon={false}
          renderInput={(params) => (
            <TextField
              {...params}
              autoFocus
              label="Find"
              placeholder="Bond, issuer, CUSIP, group, account, page or id"
            />
          )}
          renderGroup={({ key, group, children }) => (
            <Box component="li" key={key} role="none">
              <Box className="MuiAutocomplete-groupLabel" aria-hidden sx={SECTION}>
                {group}
              </Box>
              <Box component="ul" role="group" aria-label={group} sx={{ p: 0 }}>
                {children}
              </Box>
            </Box>
          )}
          renderOption={({ key, ...props }, entry) => <Option key={key} entry={entry} {...props} />}
          slotProps={{ popper: { placement: "bottom" }, listbox: { sx: { maxHeight: "min(340px, 55vh)" } } }}
        />
      </Box>
    </Dialog>
  );
}

function Option({ entry, ...props }: { entry: Entry } & HTMLAttributes<HTMLLIElement>) {
  return (
    <Box component="li" {...props} sx={{ display: "flex", gap: 2 }}>
      <Box component="span" sx={{ flexGrow: 1, overflow: "hidden", textOverflow: "ellipsis" }}>
        {entry.label}
      </Box>
      <Typography component="span" variant="body2" color="textSecondary">
        {entry.note}
      </Typography>
    </Box>
  );
}
