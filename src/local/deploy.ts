// `npm run deploy`: migrates the database, then deploys the Worker with the settings that the environment names.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { migrateOrSay } from "./anteroom.ts";
import { findingsForDeploying, lineOf } from "./installation.ts";
import { Trouble } from "./process.ts";
import { settingNames } from "./settings.ts";
import { wrangler } from "./wrangler.ts";

const missing = (await findingsForDeploying()).filter(({ advice }) => advice !== undefined);
if (missing.length > 0) throw new Trouble(`Not deployed:\n${missing.map(lineOf).join("\n")}`);

const added = await migrateOrSay({ url: process.env.DATABASE_URL ?? "", token: process.env.DATABASE_TOKEN });
console.log(added.length > 0 ? `Migrated: ${added.join(", ")}.` : "The database is up to date.");

// Settings go up together with the code that reads them; those not named here stay as they are at Cloudflare.
const settings = settingNames.flatMap((name) => {
  const value = process.env[name];
  return value && name !== "MAILBOX" ? [[name, value] as const] : [];
});
const folder = mkdtempSync(join(tmpdir(), "anteroom-deploy-"));
const file = join(folder, "settings.json");
try {
  writeFileSync(file, JSON.stringify(Object.fromEntries(settings)), { mode: 0o600 });
  const { code } = await wrangler(["deploy", "--minify", "--secrets-file", file], { attended: true });
  if (code !== 0)
    throw new Trouble("The database is migrated and the Worker is not deployed: wrangler says why, above.");
} finally {
  rmSync(folder, { recursive: true, force: true });
}
