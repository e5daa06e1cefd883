import type { ColDef } from "ag-grid-community";
import type { GroupAccount, StatedType } from "../../../api/generated/api";
import { face, money, percent } from "../../../kit/format";
import { idColumn, numberColumn, textColumn } from "../../../kit/grid/columns";
import { type AmountColumn, type AmountRow, type Amounts, kindOf, UNIT_WORDS } from "./amounts";
import type { AmountKind } from "./numbers";
import type { KnownAccount } from "./pasted";
import { percentText } from "./weights";

export interface GridRow<Of = GroupAccount> {
  id: string;
  /** Null for what has an amount and is not known, such as an account that is in none of the chosen groups. */
  account: Of | null;
  cells: AmountRow | undefined;
}

function sameCells(a: AmountRow | undefined, b: AmountRow | undefined): boolean {
  if (a === b) return true;
  if (!a || !b) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}

/**
 * The accounts with their amounts, and after them amounts of accounts that are in no chosen group. Rows as they were
 * `before` are kept, so that the grid draws those alone that changed.
 */
export function rowsOf<Of extends KnownAccount>(
  accounts: readonly Of[],
  amounts: Amounts,
  before: readonly GridRow<Of>[] = [],
): GridRow<Of>[] {
  const old = new Map(before.map((row) => [row.id, row]));
  const row = (id: string, account: Of | null): GridRow<Of> => {
    const kept = old.get(id);
    return kept?.account === account && sameCells(kept.cells, amounts[id])
      ? kept
      : { id, account, cells: amounts[id] };
  };
  const known = new Set(accounts.map(({ account_id }) => account_id));
  const strange = Object.keys(amounts).filter((id) => !known.has(id));
  return [
    ...accounts.map((account) => row(account.account_id, account)),
    ...strange.map((id) => row(id, null)),
  ];
}

const FORMATS: Record<AmountKind, (value: number) => string> = {
  percent: percentText,
  parts: (value) => String(value),
  face,
  money,
  rank: (value) => String(value),
  years: (value) => String(value),
};

const WIDTHS: Record<AmountColumn["kind"], number> = {
  percent: 140,
  parts: 140,
  face: 140,
  money: 140,
  stated: 140,
  years: 140,
  rank: 100,
  unit: 125,
};

function cellText(column: AmountColumn, row: AmountRow | undefined): string {
  const value = row?.[column.key];
  const kind = kindOf(column, row);
  if (value === undefined) return "";
  if (kind === "unit") return UNIT_WORDS[value as StatedType];
  return FORMATS[kind](Number(value));
}

/** A column whose cells are typed into. */
export function editable<Of>(column: AmountColumn): ColDef<GridRow<Of>> {
  const shared: ColDef<GridRow<Of>> = {
    colId: column.key,
    headerName: column.header,
    editable: true,
    cellDataType: false,
    width: WIDTHS[column.kind],
    headerTooltip: column.hint,
    valueGetter: ({ data }) => data?.cells?.[column.key] ?? null,
    valueFormatter: ({ data }) => cellText(column, data?.cells),
    cellStyle: { backgroundColor: "color-mix(in srgb, var(--mui-palette-primary-main) 5%, transparent)" },
  };
  if (column.kind === "unit")
    return {
      ...shared,
      cellEditor: "agSelectCellEditor",
      cellEditorParams: {
        values: Object.keys(UNIT_WORDS),
        formatValue: (value: StatedType) => UNIT_WORDS[value],
      },
    };
  return {
    ...shared,
    type: "rightAligned",
    filter: "agNumberColumnFilter",
    cellEditor: "agTextCellEditor",
  };
}

/** Account, name, NAV and its share, then the amounts to be typed. */
export function amountColumns(columns: readonly AmountColumn[], totalNav: number): ColDef<GridRow>[] {
  return [
    idColumn<GridRow>("Account", "account", ({ id }) => id, { width: 110, pinned: "left" }),
    textColumn<GridRow>("Name", ({ account }) => account?.account_name ?? "Not in the chosen groups", {
      flex: 1,
      minWidth: 160,
      cellStyle: ({ data }) => (data?.account ? null : { color: "var(--mui-palette-error-main)" }),
    }),
    ...columns.map(editable<GroupAccount>),
    numberColumn<GridRow>("Share of NAV", ({ account }) => shareOf(account, totalNav), percent, {
      width: 115,
    }),
    numberColumn<GridRow>("NAV", ({ account }) => account?.nav, money, { width: 130 }),
    numberColumn<GridRow>("Available cash", ({ account }) => account?.cash, money, { width: 145 }),
  ];
}

function shareOf(account: GroupAccount | null, totalNav: number): number | null {
  return account?.nav != null && totalNav > 0 ? account.nav / totalNav : null;
}
