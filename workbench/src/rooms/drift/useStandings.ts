import { emptyApi } from "../../api/emptyApi";
import type { Standing, StandingPage } from "../../api/generated/api";

/** Most rows that one answer has. */
const ROWS_OF_A_PAGE = 200;

interface Wanted {
  group: string;
  dimension: string;
}

/** The accounts against their targets come in pages; they are counted, sorted and shown as one list. */
const whole = emptyApi.enhanceEndpoints({ addTagTypes: ["drift"] }).injectEndpoints({
  endpoints: (build) => ({
    getStandings: build.query<Standing[], Wanted>({
      queryFn: async ({ group, dimension }, _api, _options, ask) => {
        const rows: Standing[] = [];
        let cursor: string | null | undefined;
        do {
          const params = {
            cursor,
            limit: ROWS_OF_A_PAGE,
            group_id: group || undefined,
            dimension: dimension || undefined,
            only_out: false,
          };
          const answer = await ask({ url: "drift/out-of-band", params });
          if (answer.error) return { error: answer.error };
          const page = answer.data as StandingPage;
          rows.push(...page.accounts);
          cursor = page.next_cursor;
        } while (cursor);
        return { data: rows };
      },
      providesTags: ["drift"],
    }),
  }),
});

export const { useGetStandingsQuery } = whole;
