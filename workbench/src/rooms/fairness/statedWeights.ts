import { fromPasted } from "../../kit/tsv";

export interface StatedWeights {
  weights: Record<string, number>;
  /** What is wrong, by line of the pasted text. */
  problems: string[];
}

/** Weights by account from lines of an account and a number, as typed or pasted from a spreadsheet. */
export function statedWeights(text: string): StatedWeights {
  const weights: Record<string, number> = {};
  const problems: string[] = [];
  fromPasted(text.replace(/^[ \t]*(\S+)[ ]+(\S+)[ \t]*$/gm, "$1\t$2")).forEach((cells, place) => {
    const [account = "", typed = ""] = cells;
    const weight = Number(typed);
    const line = `Line ${place + 1}`;
    if (cells.length !== 2) problems.push(`${line}: an account and a weight are expected.`);
    else if (typed === "" || !Number.isFinite(weight) || weight <= 0)
      problems.push(`${line}: the weight of ${account} must be a number above 0.`);
    else if (account in weights) problems.push(`${line}: ${account} has a weight already.`);
    else weights[account] = weight;
  });
  return { weights, problems };
}

export function weightsText(weights: Record<string, number>): string {
  return Object.entries(weights)
    .map(([account, weight]) => `${account}\t${weight}`)
    .join("\n");
}
