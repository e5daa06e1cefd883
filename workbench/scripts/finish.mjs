// Finishes a build, `node scripts/finish.mjs <folder>`: writes the licence notices of the packages that ship, and
// beside each file that becomes smaller the same compressed.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { constants, gzipSync } from "node:zlib";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const dist = process.argv[2];
const COMPRESSIBLE = new Set([".css", ".js", ".json", ".svg", ".txt"]);
/** What fits into one packet is not compressed. */
const MIN_BYTES = 1400;
const NOTICE = /^(licen[cs]e|copying|notice)/i;

/** Folders of the packages that ship, as package-lock.json has them; those of other machines are not installed. */
function shipped() {
  const { packages } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
  return Object.entries(packages)
    .filter(([path, entry]) => path && !entry.dev && existsSync(join(root, path)))
    .map(([path]) => path)
    .sort();
}

function notice(path) {
  const about = JSON.parse(readFileSync(join(root, path, "package.json"), "utf8"));
  const texts = readdirSync(join(root, path), { withFileTypes: true })
    .filter((entry) => entry.isFile() && NOTICE.test(entry.name))
    .map((entry) => readFileSync(join(root, path, entry.name), "utf8").trim());
  const author = about.author?.name ?? about.author;
  const words = texts.length
    ? texts
    : [`Author: ${author ?? "not named"}. The package has no text of its licence.`];
  return [`${about.name} ${about.version} (${about.license})`, ...words].join("\n\n");
}

if (!/<base href="\/" ?\/?>/.test(readFileSync(join(dist, "index.html"), "utf8"))) {
  throw new Error('index.html has no <base href="/">, in which the service writes its own address.');
}
const line = `\n\n${"-".repeat(80)}\n\n`;
const opening = "The workbench contains these packages, under the licences of their authors.";
writeFileSync(join(dist, "third-party-licences.txt"), `${[opening, ...shipped().map(notice)].join(line)}\n`);

for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
  const path = join(entry.parentPath, entry.name);
  if (!entry.isFile() || !COMPRESSIBLE.has(extname(path))) continue;
  const plain = readFileSync(path);
  const packed = gzipSync(plain, { level: constants.Z_BEST_COMPRESSION });
  if (plain.length >= MIN_BYTES && packed.length < plain.length) writeFileSync(`${path}.gz`, packed);
}
