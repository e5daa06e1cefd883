import { emptyApi } from "../api/emptyApi";

export interface Download {
  /** Path below the API's root, such as reports/fairness. */
  url: string;
  params?: Record<string, string | number | boolean | undefined>;
}

/** The file's name by its Content-Disposition, else a plain one. */
export function fileName(disposition: string | null): string {
  return /filename="?([^";]+)"?/.exec(disposition ?? "")?.[1] ?? "download";
}

function save(content: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  // The browser reads the object after the click has returned.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** Files need the access token, which a plain link does not send: they are fetched, and handed to the browser. */
const downloads = emptyApi.injectEndpoints({
  endpoints: (build) => ({
    download: build.mutation<string, Download>({
      query: ({ url, params }) => ({
        url,
        params,
        responseHandler: async (response) => {
          if (!response.ok) return response.json();
          const name = fileName(response.headers.get("Content-Disposition"));
          save(await response.blob(), name);
          return name;
        },
      }),
    }),
  }),
});

export const { useDownloadMutation } = downloads;
