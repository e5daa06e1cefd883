import { emptyApi } from "../../api/emptyApi";
import type { Blotter, SubmittedBlotter } from "../../api/generated/api";
import type { JointSplit } from "./joint";

/** Most lines that one answer has. */
const LINES_OF_A_PAGE = 200;

/** A blotter with all of its lines. */
export type WholeBlotter = Omit<Blotter, "split_jointly" | "joint" | "next_cursor"> & {
  split_jointly?: boolean;
  joint?: JointSplit | null;
};

type BlotterPage = WholeBlotter & { next_cursor?: string | null };

/** The lines come in pages; they are shown, summed and committed as one. */
const whole = emptyApi.enhanceEndpoints({ addTagTypes: ["blotters", "jobs"] }).injectEndpoints({
  endpoints: (build) => ({
    getWholeBlotter: build.query<WholeBlotter, string>({
      queryFn: async (blotterId, _api, _options, ask) => {
        const url = `blotters/${encodeURIComponent(blotterId)}`;
        const first = await ask(url);
        if (first.error) return { error: first.error };
        const blotter = first.data as BlotterPage;
        const lines = [...blotter.lines];
        let next = blotter.next_cursor;
        while (next) {
          const page = await ask({ url, params: { cursor: next, limit: LINES_OF_A_PAGE } });
          if (page.error) return { error: page.error };
          const more = page.data as BlotterPage;
          lines.push(...more.lines);
          next = more.next_cursor;
        }
        return { data: { ...blotter, lines } };
      },
      providesTags: ["blotters"],
    }),
    previewAgain: build.mutation<SubmittedBlotter, { blotterId: string; key: string }>({
      query: ({ blotterId, key }) => ({
        url: `blotters/${encodeURIComponent(blotterId)}/preview`,
        method: "POST",
        headers: { "Idempotency-Key": key },
      }),
      invalidatesTags: ["blotters", "jobs"],
    }),
  }),
});

export const { useGetWholeBlotterQuery, usePreviewAgainMutation } = whole;
