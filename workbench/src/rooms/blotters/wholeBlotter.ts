import { emptyApi } from "../../api/emptyApi";
import type { Blotter } from "../../api/generated/api";

/** Most lines that one answer has. */
const LINES_OF_A_PAGE = 200;

/** The lines of a blotter come in pages; they are shown, summed and committed as one. */
const whole = emptyApi.enhanceEndpoints({ addTagTypes: ["blotters"] }).injectEndpoints({
  endpoints: (build) => ({
    getWholeBlotter: build.query<Blotter, string>({
      queryFn: async (blotterId, _api, _options, ask) => {
        const url = `blotters/${encodeURIComponent(blotterId)}`;
        const read = (cursor?: string) => ask({ url, params: { cursor, limit: LINES_OF_A_PAGE } });
        const first = await read();
        if (first.error) return { error: first.error };
        const blotter = first.data as Blotter;
        const lines = [...blotter.lines];
        let next = blotter.next_cursor;
        while (next !== null) {
          const page = await read(next);
          if (page.error) return { error: page.error };
          const more = page.data as Blotter;
          lines.push(...more.lines);
          next = more.next_cursor;
        }
        return { data: { ...blotter, lines } };
      },
      providesTags: ["blotters"],
    }),
  }),
});

export const { useGetWholeBlotterQuery } = whole;
