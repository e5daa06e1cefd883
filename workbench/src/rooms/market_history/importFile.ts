import { emptyApi } from "../../api/emptyApi";
import type { MarketImportReport } from "../../api/generated/api";

export interface PriceFile {
  file: File;
  source: string;
  dryRun: boolean;
  key: string;
}

/** A file goes to the service as it is: the generated endpoint would send it as JSON. */
const imports = emptyApi.enhanceEndpoints({ addTagTypes: ["market-history"] }).injectEndpoints({
  endpoints: (build) => ({
    importPrices: build.mutation<MarketImportReport, PriceFile>({
      query: ({ file, source, dryRun, key }) => ({
        url: "data/market/import",
        method: "POST",
        body: file,
        headers: { "Content-Type": "text/csv", "Idempotency-Key": key },
        params: { dry_run: dryRun, ...(source ? { source } : {}) },
      }),
      invalidatesTags: (_result, _error, { dryRun }) => (dryRun ? [] : ["market-history"]),
    }),
  }),
});

export const { useImportPricesMutation } = imports;
