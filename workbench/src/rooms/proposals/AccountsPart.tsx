import type { ColDef } from "ag-grid-community";
import { useMemo } from "react";
import type { ProposedAccount, TargetDimension } from "../../api/generated/api";
import { money, points } from "../../kit/format";
import { idColumn, numberColumn, textColumn } from "../../kit/grid/columns";
import { LazyGrid } from "../../kit/grid/LazyGrid";
import { Section } from "../../kit/Section";
import { useUrlFilters } from "../../kit/useUrlFilters";
import { DimensionSelect } from "../drift/DimensionSelect";
import { className } from "../drift/driftWords";
import { heatColour } from "../drift/heat";
import { AccountOutcome } from "./AccountOutcome";
import { bandsOf, changeWords, classesOf, dimensionsOf, isOut, standing } from "./outcome";
import { OBSTACLES } from "./proposalWords";

const FILTERS = ["dimension", "account"] as const;
/** A grid of more rows scrolls in itself. */
const MAX_FREE_ROWS = 15;

/** The accounts by class before and after, and one of them in full. */
export function AccountsPart({ accounts }: { accounts: readonly ProposedAccount[] }) {
  const [filters, setFilters] = useUrlFilters(FILTERS);
  const dimensions = useMemo(() => dimensionsOf(accounts), [accounts]);
  const dimension = dimensions.find((each) => each === filters.dimension) ?? dimensions[0];
  const columns = useMemo(() => (dimension ? columnsOf(accounts, dimension) : []), [accounts, dimension]);
  const chosen =
    accounts.find(({ account_id }) => account_id === filters.account) ??
    accounts.find(({ is_back_before, is_back }) => !is_back || !is_back_before) ??
    accounts[0];
  if (!dimension || !chosen) return null;
  const unit = dimension === "METRIC" ? "years" : "% of NAV";
  return (
    <>
      <Section
        title="Accounts before and after"
        note={`${unit}; * is out of band. The left half of a cell is before, the right one after: orange is too much, blue too little, stronger with more of the band.`}
      >
        <DimensionSelect
          dimensions={dimensions}
          value={dimension}
          below={1}
          onChange={(chosen) => setFilters({ dimension: chosen })}
        />
        <LazyGrid<ProposedAccount>
          label="Accounts before and after"
          rows={accounts}
          columns={columns}
          rowId={({ account_id }) => account_id}
          onOpen={({ account_id }) => setFilters({ account: account_id })}
          height={accounts.length > MAX_FREE_ROWS ? 480 : undefined}
        />
      </Section>
      <AccountOutcome
        account={chosen}
        choices={accounts.map(({ account_id }) => account_id)}
        onChoose={(account) => setFilters({ account })}
      />
    </>
  );
}

function columnsOf(
  accounts: readonly ProposedAccount[],
  dimension: TargetDimension,
): ColDef<ProposedAccount>[] {
  return [
    idColumn("Account", "accountDrift", ({ account_id }) => account_id, { width: 110, pinned: "left" }),
    textColumn("Name", ({ account_name }) => account_name, { width: 170 }),
    textColumn("State", standing, { width: 190 }),
    textColumn("In the way", ({ obstacle }) => obstacle && OBSTACLES[obstacle], { width: 150 }),
    ...classesOf(accounts, dimension).map((key) => classColumn(key, dimension)),
    numberColumn("Cash before", ({ cash_before }) => cash_before, money, { width: 120 }),
    numberColumn("Cash after", ({ cash_after }) => cash_after, money, { width: 120 }),
    numberColumn("Turnover", ({ turnover }) => turnover, money, { width: 110 }),
    numberColumn("Turnover %", ({ turnover, nav }) => (nav > 0 ? (100 * turnover) / nav : null), points, {
      width: 110,
    }),
    numberColumn("Cost", ({ cost }) => cost, money, { width: 100 }),
    numberColumn("NAV", ({ nav }) => nav, money, { width: 120 }),
  ];
}

function classColumn(key: string, dimension: TargetDimension): ColDef<ProposedAccount> {
  const name = className(dimension, key);
  const of = (account: ProposedAccount | undefined) =>
    account?.classes.find((each) => each.dimension === dimension && each.key === key);
  return numberColumn<ProposedAccount>(name, (account) => of(account)?.after, String, {
    colId: `class ${name}`,
    width: Math.max(dimension === "METRIC" ? 165 : 135, 40 + name.length * 8),
    valueFormatter: ({ data }) => {
      const found = of(data);
      return found ? changeWords(found) : "–";
    },
    cellStyle: ({ data }) => {
      const found = of(data);
      if (!found) return { backgroundImage: "none", fontWeight: "400" };
      const [before, after] = [found.before, found.after].map((value) => heatColour(bandsOf(value, found)));
      return {
        backgroundImage: `linear-gradient(90deg, ${before} 50%, ${after} 50%)`,
        fontWeight: isOut(found.after, found) ? "700" : "400",
      };
    },
  });
}
