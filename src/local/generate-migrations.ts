// Writes the next migration from db/schema. drizzle-kit cannot say STRICT, so it is added to every new table here, nor WITHOUT ROWID.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { root } from "./process.ts";

const folder = `${root}db/migrations/`;
/** Tables that are nothing but their key's tree: each row is written once. */
const isKey = /^(CREATE TABLE `(?:timeline|document_event|offer_event)` [\s\S]*?\n\) STRICT);$/gm;
execFileSync(
  `${root}node_modules/.bin/drizzle-kit`,
  ["generate", "--config", "db/drizzle.config.ts", ...process.argv.slice(2)],
  {
    cwd: root,
    stdio: "inherit",
  },
);
for (const name of readdirSync(folder).filter((file) => file.endsWith(".sql"))) {
  const text = readFileSync(folder + name, "utf8");
  const strict = text.replace(/^(CREATE TABLE [\s\S]*?\n\));$/gm, "$1 STRICT;");
  writeFileSync(folder + name, strict.replace(isKey, "$1, WITHOUT ROWID;"));
}
