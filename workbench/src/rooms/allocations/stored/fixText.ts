import { api } from "../../../api/generated/api";

/** FIX is text, which the generated endpoints would read as JSON. */
const texts = api.injectEndpoints({
  endpoints: (build) => ({
    readFixText: build.query<string, { allocationId: string; messageId?: string }>({
      query: ({ allocationId, messageId }) => ({
        url: `/allocations/${allocationId}/fix${messageId ? `/messages/${messageId}` : ""}`,
        params: { readable: true },
        responseHandler: (response) => (response.ok ? response.text() : response.json()),
      }),
      providesTags: ["allocations"],
    }),
  }),
});

export const { useReadFixTextQuery } = texts;
