import { api, type GroupAccount } from "../../../api/generated/api";
import { useAppSelector } from "../../../store";
import { selectDraft } from "../draftSlice";

/** So many groups are read at a time: a hundred at once would be refused as too many requests. */
const AT_ONCE = 5;

const readGroup = (groupId: string) =>
  api.endpoints.listGroupAccounts.initiate({ groupId }, { subscribe: false, forceRefetch: true });
type Answer = Awaited<ReturnType<ReturnType<typeof readGroup>>>;

/** Accounts of several groups, each once, by id. */
const accountsApi = api.injectEndpoints({
  endpoints: (build) => ({
    accountsOfGroups: build.query<GroupAccount[], readonly string[]>({
      async queryFn(groups, { dispatch }) {
        const answers: Answer[] = [];
        for (let at = 0; at < groups.length; at += AT_ONCE) {
          const batch = groups.slice(at, at + AT_ONCE).map((groupId) => dispatch(readGroup(groupId)));
          answers.push(...(await Promise.all(batch)));
        }
        const failed = answers.find((answer) => answer.error);
        if (failed?.error)
          return {
            error: "status" in failed.error ? failed.error : { status: "CUSTOM_ERROR", error: "Not read" },
          };
        const accounts = new Map(
          answers.flatMap(({ data }) => data?.accounts ?? []).map((account) => [account.account_id, account]),
        );
        return { data: [...accounts.values()].sort((a, b) => (a.account_id < b.account_id ? -1 : 1)) };
      },
      providesTags: ["portfolio-groups"],
    }),
  }),
});

/** The accounts of the groups of the draft. */
export function useGroupAccounts() {
  const { groups } = useAppSelector(selectDraft);
  return accountsApi.useAccountsOfGroupsQuery(groups, { skip: groups.length === 0 });
}
