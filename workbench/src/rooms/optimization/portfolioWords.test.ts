import type { OptimizationReplay, PortfolioOptimality, RiskAnswer } from "../../api/generated/api";
import { askedWords, optimalityWords, pointWords, replayWords, solverWords } from "./portfolioWords";
import { weightRows, weightWords } from "./weightRows";

const proof = (more: Partial<PortfolioOptimality>): PortfolioOptimality => ({
  status: "OPTIMAL",
  objective: 0.01,
  bound: 0.01,
  gap: 0,
  kkt_residual: 2.34e-12,
  solver: "PIQP",
  attempts: [{} as PortfolioOptimality["attempts"][number]],
  ...more,
});
const replayed = (more: Partial<OptimizationReplay>) =>
  ({
    identical: false,
    reproduced: false,
    same_returns: true,
    same_versions: true,
    largest_difference: 0.02,
    ...more,
  }) as OptimizationReplay;

test("what is proved is said for a portfolio manager", () => {
  expect(optimalityWords(proof({}))).toMatch(/^Proved best: no other weights within the limits do better/);
  expect(optimalityWords(proof({ status: "NOT_SOUGHT", objective: null, gap: null }))).toMatch(
    /^These weights are given by a rule/,
  );
  // 0.0002 of 0.01 are 2 per cent of it.
  expect(optimalityWords(proof({ status: "WITHIN_GAP", gap: 0.0002 }))).toMatch(/by more than 2\.00%\.$/);
  expect(optimalityWords(proof({ status: "WITHIN_GAP", gap: 5e-7, objective: -0.01 }))).toMatch(
    /by more than 0\.0050%\.$/,
  );
  expect(optimalityWords(proof({ status: "WITHIN_GAP", gap: 1e-10 }))).toMatch(/by more than 0\.0001%\.$/);
  expect(optimalityWords(proof({ status: "WITHIN_GAP", gap: null }))).toBe(
    "Nearly the best: how much is missing is not known.",
  );
});

test("who found it is said with the number of tries", () => {
  expect(solverWords(proof({}))).toBe(
    "PIQP found the weights at the first try. The conditions of a best point are met up to 2.3e-12.",
  );
  const { attempts } = proof({});
  expect(solverWords(proof({ attempts: [...attempts, ...attempts], kkt_residual: null }))).toBe(
    "PIQP found the weights after 2 tries.",
  );
  expect(solverWords(proof({ solver: null }))).toBe("No solver was needed.");
});

test("what was asked for is named", () => {
  expect(askedWords({ objective: "MinRisk", risk_measure: "CVaR", model: "Classic" })).toBe(
    "Least risk by conditional value at risk",
  );
  expect(askedWords({ objective: "Sharpe", risk_measure: "MV", model: "BL" })).toBe(
    "Best ratio by standard deviation, Black-Litterman",
  );
});

test("a portfolio that does not come out again says why", () => {
  expect(replayWords(replayed({ identical: true, reproduced: true }))).toMatch(/the same to the last digit/);
  expect(replayWords(replayed({ reproduced: true, same_versions: false, largest_difference: 0 }))).toMatch(
    /on other versions of the libraries, with the same result/,
  );
  expect(replayWords(replayed({ same_returns: false }))).toBe(
    "The portfolio does not come out again. The prices are not those of then. The largest difference of a weight is 2.00%.",
  );
  expect(replayWords(replayed({ same_versions: false }))).toContain(
    "The versions of the libraries are others.",
  );
});

test("a point of the frontier says return, risk, and how many assets it holds", () => {
  expect(pointWords({ risk: 0.0071, return: 0.06, weights: { A: 0.6, B: 0.4, C: 1e-9 } })).toBe(
    "Return 6.00% a year at a risk of 0.71% a period, 2 assets",
  );
});

const risk = {
  contributions: [
    {
      measure: "volatility",
      assets: [
        { symbol: "A", share: 0.9 },
        { symbol: "B", share: 0.1 },
      ],
    },
    {
      measure: "CVaR",
      assets: [
        { symbol: "A", share: 1.1 },
        { symbol: "B", share: -0.1 },
      ],
    },
  ],
} as unknown as RiskAnswer;

test("weights stand by size, with their shares of the risk and those of the chosen point", () => {
  const portfolio = { weights: { B: 0.3, A: 0.7, C: 0 }, expected_returns: { A: 0.08, B: 0.02, C: 0 } };
  expect(weightRows(portfolio, { B: 1 }, risk)).toEqual([
    { symbol: "A", weight: 0.7, chosen: 0, expected: 0.08, volatility: 0.9, tail: 1.1 },
    { symbol: "B", weight: 0.3, chosen: 1, expected: 0.02, volatility: 0.1, tail: -0.1 },
    { symbol: "C", weight: 0, chosen: 0, expected: 0, volatility: null, tail: null },
  ]);
  const alone = weightRows(portfolio, null, undefined);
  expect(alone.map(({ chosen, tail }) => [chosen, tail])).toEqual(Array(3).fill([undefined, null]));
  expect(weightWords(alone)).toBe("Weights: A 70.00%, B 30.00%.");
  expect(weightWords([])).toBe("Weights: none.");
});
