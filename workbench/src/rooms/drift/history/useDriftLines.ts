import { emptyApi } from "../../../api/emptyApi";
import type { DriftLine, DriftLinePage, TargetDimension, TargetScope } from "../../../api/generated/api";

/** Most lines that one answer has. */
export const LINES_OF_A_PAGE = 200;

export interface WantedLines {
  scope: TargetScope;
  scopeId: string;
  dimension?: TargetDimension;
  classKey?: string;
  dateFrom?: string;
  dateTo?: string;
}

/** As parameters of an address. */
export function lineParams({ scope, scopeId, dimension, classKey, dateFrom, dateTo }: WantedLines) {
  return {
    scope,
    scope_id: scopeId,
    dimension,
    class_key: classKey,
    date_from: dateFrom,
    date_to: dateTo,
  };
}

/** The history of drift comes in pages, newest first; it is drawn and counted as a whole. */
const whole = emptyApi.enhanceEndpoints({ addTagTypes: ["drift-history"] }).injectEndpoints({
  endpoints: (build) => ({
    getDriftLines: build.query<DriftLine[], WantedLines>({
      queryFn: async (wanted, _api, _options, ask) => {
        const lines: DriftLine[] = [];
        let cursor: string | null | undefined;
        do {
          const params = { ...lineParams(wanted), cursor, limit: LINES_OF_A_PAGE };
          const answer = await ask({ url: "drift/history", params });
          if (answer.error) return { error: answer.error };
          const page = answer.data as DriftLinePage;
          lines.push(...page.lines);
          cursor = page.next_cursor;
        } while (cursor);
        return { data: lines };
      },
      providesTags: ["drift-history"],
    }),
  }),
});

export const { useGetDriftLinesQuery } = whole;
