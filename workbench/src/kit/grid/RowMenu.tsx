import { Divider, ListItemText, Menu, MenuItem } from "@mui/material";
import type { ColDef, ICellRendererComp, ICellRendererParams } from "ag-grid-community";

/** Something that can be done with a row. */
export interface RowAction {
  label: string;
  onClick: () => void;
  /** Why it cannot be done now; shown under its name. */
  disabled?: string;
  tone?: "error";
}

/** Where a menu is open, and for which row. */
export interface OpenMenu<Row> {
  row: Row;
  left: number;
  top: number;
}

export const ACTIONS = "actions";

/** The last column: a button that opens the menu of its row. Shift+F10 and a right click open it as well. */
export function actionsColumn<Row>(name: (row: Row) => string): ColDef<Row> {
  return {
    colId: ACTIONS,
    headerName: "Actions",
    headerClass: "hidden-header",
    width: 40,
    minWidth: 40,
    maxWidth: 40,
    pinned: "right",
    sortable: false,
    filter: false,
    resizable: false,
    suppressMovable: true,
    suppressHeaderMenuButton: true,
    cellStyle: { padding: 0, textAlign: "center" },
    cellRenderer: buttonCell(name),
  };
}

/** A button without React; the grid sees the click on its cell. */
function buttonCell<Row>(name: (row: Row) => string): new () => ICellRendererComp<Row> {
  return class implements ICellRendererComp<Row> {
    private readonly gui = document.createElement("button");

    init(params: ICellRendererParams<Row>) {
      this.gui.type = "button";
      this.gui.className = "row-actions";
      this.gui.tabIndex = -1;
      this.gui.textContent = "⋮";
      this.gui.setAttribute("aria-haspopup", "menu");
      this.refresh(params);
    }

    getGui() {
      return this.gui;
    }

    refresh({ data }: ICellRendererParams<Row>) {
      this.gui.hidden = !data;
      if (data) this.gui.setAttribute("aria-label", `Actions of ${name(data)}`);
      return true;
    }
  };
}

export function RowMenu<Row>({
  menu,
  label,
  actions,
  onClose,
}: {
  menu: OpenMenu<Row>;
  label: string;
  actions: RowAction[];
  onClose: () => void;
}) {
  return (
    <Menu
      open
      onClose={onClose}
      anchorReference="anchorPosition"
      anchorPosition={{ left: menu.left, top: menu.top }}
      slotProps={{ list: { dense: true, "aria-label": label } }}
      onContextMenu={(event) => event.preventDefault()}
    >
      {actions.map(({ label: words, onClick, disabled, tone }) => [
        tone === "error" && <Divider key={`before ${words}`} />,
        <MenuItem
          key={words}
          disabled={disabled !== undefined}
          sx={tone === "error" ? { color: "error.main" } : undefined}
          onClick={() => {
            onClose();
            onClick();
          }}
        >
          <ListItemText secondary={disabled} slotProps={{ secondary: { variant: "caption" } }}>
            {words}
          </ListItemText>
        </MenuItem>,
      ])}
    </Menu>
  );
}
