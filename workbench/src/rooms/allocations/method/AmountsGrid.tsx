import { Alert, Button } from "@mui/material";
import { useMemo } from "react";
import { type GroupAccount, useListPortfolioGroupsQuery } from "../../../api/generated/api";
import { ErrorNote, Loading } from "../../../kit/states";
import { useAppSelector } from "../../../store";
import { selectDraft } from "../draftSlice";
import { AmountsEditor, type AmountsProps, gridHeight, MOST_HEIGHT } from "./AmountsEditor";
import { amountColumns, rowsOf } from "./amountColumns";
import type { Amounts } from "./amounts";
import { useFault } from "./faults";
import { useGroupAccounts } from "./useGroupAccounts";

const TOOLS = 37;
const WORDS = 44;

export type AmountsGridProps = AmountsProps<GroupAccount>;

/** Amounts of the accounts of the chosen groups. */
export function AmountsGrid(props: AmountsGridProps) {
  const { data: accounts, error, refetch } = useGroupAccounts();
  const expected = useExpectedHeight();
  if (error) return <ErrorNote error={error} onRetry={refetch} title="The accounts are not known" />;
  if (!accounts) return <Loading label="Loading the accounts" height={expected} />;
  return <OfAccounts {...props} accounts={accounts} />;
}

/** Height of the grid with its buttons and words, by the number of accounts of the groups: nothing jumps. */
function useExpectedHeight(): number {
  const { groups } = useAppSelector(selectDraft);
  const { data } = useListPortfolioGroupsQuery();
  const found = data?.portfolio_groups.filter(({ group_id }) => groups.includes(group_id));
  const rows = found?.reduce((all, { account_count }) => all + account_count, 0);
  return TOOLS + (rows === undefined ? MOST_HEIGHT : gridHeight(rows)) + WORDS;
}

function OfAccounts(props: AmountsGridProps & { accounts: GroupAccount[] }) {
  const { accounts, columns } = props;
  const gridColumns = useMemo(() => {
    const total = accounts.reduce((all, { nav }) => all + (nav ?? 0), 0);
    return amountColumns(columns, total);
  }, [columns, accounts]);
  return (
    <AmountsEditor<GroupAccount>
      {...props}
      gridColumns={gridColumns}
      emptyText="The chosen groups have no accounts."
      notice={(change) => <Strangers {...props} onChange={change} />}
    />
  );
}

/** Amounts of accounts that are in no chosen group: the service would refuse them. */
function Strangers({
  label,
  accounts,
  amounts,
  onChange,
}: {
  label: string;
  accounts: readonly GroupAccount[];
  amounts: Amounts;
  onChange: (amounts: Amounts, said: string) => void;
}) {
  const strange = rowsOf(accounts, amounts).flatMap(({ id, account }) => (account ? [] : [id]));
  const words =
    strange.length === 0
      ? null
      : `${strange.join(", ")} ${strange.length === 1 ? "is" : "are"} not in the chosen groups.`;
  useFault(label, words);
  if (words === null) return null;
  const remove = () => {
    const left = Object.entries(amounts).filter(([id]) => !strange.includes(id));
    onChange(Object.fromEntries(left), `Removed ${strange.join(", ")}.`);
  };
  return (
    <Alert severity="warning" variant="outlined" action={<Button onClick={remove}>Remove</Button>}>
      {words}
    </Alert>
  );
}
