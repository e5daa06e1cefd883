// Writes src/api/generated from the contract: RTK Query's endpoints with their types, and the help texts.
// `--check` compares instead, and fails where they differ.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { generateEndpoints } from "@rtk-query/codegen-openapi";
import { parse } from "yaml";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const target = join(root, "src/api/generated");
const HEADER = "// Written by `make contract` from api-schema-contract.txt.\n";
/** Schemas whose fields a screen explains with the words of the contract. */
const EXPLAINED = [
  "OrderRequest",
  "Parameters",
  "Constraints",
  "AccountLimit",
  "CashReserve",
  "StatedAmount",
  "AccountAllocation",
  "AccountMetrics",
  "Summary",
  "DispersionMetrics",
  "Optimality",
  "FairnessSummary",
  "SecurityDetail",
  "SecurityAnalytics",
  "GroupAccount",
  "Order",
  "OrderSlice",
  "AccountLedger",
  "AccountFairness",
];
/** Closed lists whose values a screen offers or explains. */
const check = process.argv.includes("--check");
const contract = parse(readFileSync(join(root, "../api-schema-contract.txt"), "utf8"));

/** Words of the contract, in plain text: a sentence each, without Markdown's marks. */
function plain(words) {
  return words.replace(/[`*]/g, "").replace(/\s+/g, " ").trim();
}

function helpTexts() {
  const texts = {};
  for (const name of EXPLAINED) {
    const properties = contract.components.schemas[name]?.properties;
    if (!properties) throw new Error(`The contract has no schema ${name}.`);
    for (const [field, property] of Object.entries(properties)) {
      const description = property.description ?? property.allOf?.[0]?.description;
      if (description) texts[`${name}.${field}`] = plain(description);
    }
  }
  return `${HEADER}export const helpTexts = ${JSON.stringify(texts, null, 2)} as const;\n\nexport type HelpKey = keyof typeof helpTexts;\n`;
}

async function endpoints() {
  // In a folder beside the sources: the generator writes the import of `emptyApi` relative to its file.
  const folder = mkdtempSync(join(root, "src/api/generated-"));
  try {
    const schemaFile = join(folder, "contract.json");
    writeFileSync(schemaFile, JSON.stringify(contract));
    const code = await generateEndpoints({
      schemaFile,
      apiFile: join(root, "src/api/emptyApi.ts"),
      apiImport: "emptyApi",
      exportName: "api",
      hooks: { queries: true, lazyQueries: true, mutations: true },
      // An id with slashes, such as one of an address, must not lead to another operation.
      encodePathParams: true,
      tag: true,
      useEnumType: false,
      filterEndpoints: (name) =>
        !["openapi", "swagger", "docs", "metrics", "startSignOn", "finishSignOn"].includes(name),
    });
    return code.replace(/from "[^"]*emptyApi"/, 'from "../emptyApi"');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

let stale = false;
for (const [name, text] of [
  ["api.ts", HEADER + (await endpoints())],
  ["help.ts", helpTexts()],
]) {
  const path = join(target, name);
  if (!check) {
    writeFileSync(path, text);
    continue;
  }
  let present = "";
  try {
    present = readFileSync(path, "utf8");
  } catch {
    // Missing is stale.
  }
  if (present !== text) {
    stale = true;
    process.stderr.write(`src/api/generated/${name} is not that of the contract: run \`make contract\`.\n`);
  }
}
if (stale) process.exit(1);
