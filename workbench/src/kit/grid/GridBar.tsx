import { Box, Button, InputAdornment, TextField } from "@mui/material";
import type { GridApi } from "ag-grid-community";
import type { ReactNode } from "react";
import { noticed } from "../../shell/noticesSlice";
import { useAppDispatch } from "../../store";
import { count } from "../format";
import { CopyIcon, SearchIcon } from "../icons";
import { copyFromGrid } from "./copy";

/** Above a grid: words to filter its rows by, what the page adds, and a copy of all rows that are shown. */
export function GridBar<Row>({
  filter,
  onFilter,
  grid,
  children,
}: {
  filter: string;
  onFilter: (text: string) => void;
  grid: GridApi<Row> | null;
  children?: ReactNode;
}) {
  const dispatch = useAppDispatch();
  const copy = async () => {
    if (!grid) return;
    const rows = await copyFromGrid(grid, true);
    dispatch(noticed({ severity: "success", message: `Copied ${count(rows)} rows with their header` }));
  };
  return (
    <Box sx={{ display: "flex", flexWrap: "wrap", gap: 1, alignItems: "center", pt: 0.5, mb: 1 }}>
      <TextField
        label="Filter rows"
        type="search"
        value={filter}
        onChange={(event) => onFilter(event.target.value)}
        sx={{ width: 220 }}
        slotProps={{
          input: {
            startAdornment: (
              <InputAdornment position="start">
                <SearchIcon fontSize="small" />
              </InputAdornment>
            ),
          },
        }}
      />
      {children}
      <Button startIcon={<CopyIcon />} onClick={() => void copy()} disabled={!grid} sx={{ ml: "auto" }}>
        Copy all rows
      </Button>
    </Box>
  );
}
