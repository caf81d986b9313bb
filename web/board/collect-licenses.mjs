// Writes the licence texts of every package that may end up in the bundle:
//   node collect-licenses.mjs <output file>
// All production dependencies of the lock file are listed, which is a superset of what is bundled.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const LEGAL_FILE = /^(licen[cs]e|copying|notice|third-?party-?notices?)([.-].*)?$/i;
const RULE = "=".repeat(80);

function legalTexts(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && LEGAL_FILE.test(entry.name))
    .map((entry) => entry.name)
    .sort()
    .map((name) => readFileSync(join(folder, name), "utf8").replace(/\r\n/g, "\n").trim());
}

function named(who) {
  return typeof who === "string" ? who : who?.name;
}

function statement(manifest, folder) {
  if (!manifest.license) throw new Error(`${folder} states no licence`);
  const authors = [manifest.author, ...(manifest.contributors ?? [])].map(named).filter(Boolean);
  const repository = manifest.repository?.url ?? manifest.repository;
  return [
    `The package carries no licence file; its manifest states: ${manifest.license}`,
    ...(authors.length ? [`Authors: ${authors.join(", ")}`] : []),
    ...(repository ? [`Repository: ${repository}`] : []),
  ].join("\n");
}

function section(folder) {
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const texts = legalTexts(folder);
  if (texts.length === 0) texts.push(statement(manifest, folder));
  return {
    key: `${manifest.name} ${manifest.version}`,
    head: `${manifest.name} ${manifest.version} (${manifest.license})`,
    texts,
  };
}

const lock = JSON.parse(readFileSync("package-lock.json", "utf8"));
const sections = Object.entries(lock.packages)
  .filter(([path, entry]) => path && !entry.dev && !entry.optional)
  .map(([path]) => section(path))
  .sort((a, b) => (a.key < b.key ? -1 : 1));

const introduction =
  "This folder is built from the packages below. Each is listed with its version, the licence that\n" +
  "its manifest states, and the licence texts that it carries.\n";
const body = sections.map(({ head, texts }) => [RULE, head, RULE, "", texts.join("\n\n"), ""].join("\n"));
writeFileSync(process.argv[2], [introduction, ...body].join("\n"));
console.log(`${sections.length} packages: ${process.argv[2]}`);
