import { Button, Checkbox, Divider, ListItemText, Menu, MenuItem } from "@mui/material";
import type { Column, GridApi } from "ag-grid-community";
import { useState } from "react";
import { ACTIONS } from "./RowMenu";

const isNamed = (column: Column) => column.getColDef().headerName && column.getColId() !== ACTIONS;

/** Shows and hides columns, and puts them back as they were made. AG Grid's own panel is in its Enterprise edition. */
export function ColumnsMenu<Row>({ api, onReset }: { api: GridApi<Row> | null; onReset: () => void }) {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const [, redraw] = useState(0);
  const columns = (anchor && api?.getColumns()?.filter(isNamed)) || [];
  const shown = columns.filter((column) => column.isVisible()).length;
  const toggle = (column: Column) => {
    api?.setColumnsVisible([column], !column.isVisible());
    redraw((times) => times + 1);
  };
  return (
    <>
      <Button
        aria-haspopup="menu"
        onClick={(event) => setAnchor(event.currentTarget)}
        sx={{ ml: "auto" }}
        disabled={!api}
      >
        Columns
      </Button>
      <Menu anchorEl={anchor} open={anchor !== null} onClose={() => setAnchor(null)}>
        {columns.map((column) => (
          <MenuItem
            key={column.getColId()}
            dense
            role="menuitemcheckbox"
            aria-checked={column.isVisible()}
            disabled={column.isVisible() && shown === 1}
            onClick={() => toggle(column)}
            sx={{ py: 0 }}
          >
            <Checkbox checked={column.isVisible()} tabIndex={-1} disableRipple sx={{ p: 0.5 }} aria-hidden />
            <ListItemText>{column.getColDef().headerName}</ListItemText>
          </MenuItem>
        ))}
        <Divider />
        <MenuItem
          dense
          onClick={() => {
            onReset();
            setAnchor(null);
          }}
        >
          Reset columns
        </MenuItem>
      </Menu>
    </>
  );
}
