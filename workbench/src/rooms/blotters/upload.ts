import { emptyApi } from "../../api/emptyApi";
import type { SubmittedBlotter } from "../../api/generated/api";

export interface Upload {
  file: File;
  dryRun: boolean;
  salesFundBuys: boolean;
  joint: boolean;
  key?: string;
}

export const XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/** A file goes to the service as it is: the generated endpoint would send it as text. */
const uploads = emptyApi.enhanceEndpoints({ addTagTypes: ["blotters"] }).injectEndpoints({
  endpoints: (build) => ({
    uploadFile: build.mutation<SubmittedBlotter, Upload>({
      query: ({ file, dryRun, salesFundBuys, joint, key }) => ({
        url: "blotters/file",
        method: "POST",
        body: file,
        headers: { "Content-Type": XLSX, ...(key ? { "Idempotency-Key": key } : {}) },
        params: { dry_run: dryRun, sales_fund_buys: salesFundBuys, ...(joint ? { joint } : {}) },
      }),
      invalidatesTags: (_result, _error, { dryRun }) => (dryRun ? [] : ["blotters"]),
    }),
  }),
});

export const { useUploadFileMutation } = uploads;
