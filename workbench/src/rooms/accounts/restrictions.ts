import { words } from "../../kit/format";

const KNOWN: Record<string, string> = {
  INVESTMENT_GRADE_ONLY: "Investment grade only",
  NO_HIGH_YIELD: "No high yield",
  NO_EMERGING_MARKETS: "No emerging markets",
  NO_TOBACCO: "No tobacco",
  ESG_COMPLIANT: "ESG compliant issuers only",
};

/** Restrictions as a list in words; an account without any says so. */
export function restrictionWords(codes: readonly string[]): string {
  return codes.length === 0 ? "None" : codes.map((code) => KNOWN[code] ?? words(code)).join(", ");
}
