import { emptyApi } from "../../api/emptyApi";
import type { OptimizedPortfolio, RiskAnswer, RiskRequest } from "../../api/generated/api";
import type { Weights } from "./weightRows";

/** An analysis changes nothing: it is read like every other answer, and kept while it is shown. */
const analyses = emptyApi.enhanceEndpoints({ addTagTypes: ["market-history"] }).injectEndpoints({
  endpoints: (build) => ({
    getContributions: build.query<RiskAnswer, RiskRequest>({
      query: (body) => ({ url: "risk/analyze", method: "POST", body }),
      providesTags: ["market-history"],
    }),
  }),
});

export const { useGetContributionsQuery } = analyses;

/** The risk of weights by the very prices that the portfolio was optimised by. */
export function riskRequest({ data }: Pick<OptimizedPortfolio, "data">, weights: Weights): RiskRequest {
  return {
    weights,
    start_date: data.start_date,
    end_date: data.end_date,
    frequency: data.frequency,
    fill: data.fill,
    known_at: data.last_updated,
    measures: ["volatility", "CVaR"],
  };
}
