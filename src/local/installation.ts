// What an installation needs, here and at Cloudflare, as questions with an answer and an advice. `npm run doctor` asks
// them; `npm run deploy` asks them before it touches anything.
import { accessSync, constants, mkdirSync } from "node:fs";
import { sql } from "drizzle-orm";
import * as z from "zod";
import { connect, DatabaseFailure } from "../../db/database.ts";
import { cell } from "../../db/statement.ts";
import { runningFrom } from "./claim.ts";
import { portIsFree } from "./process.ts";
import { faultOf } from "./settings.ts";
import { sqldBinary } from "./sqld.ts";
import { chosenPort, dataFolder } from "./terminal.ts";
import { workerdBinary } from "./workerd.ts";
import { run, wrangler, wranglerConfig } from "./wrangler.ts";

/** `advice` is what to do; without one, all is well. */
export type Finding = { readonly what: string; readonly found: string; readonly advice?: string };

const answerTimeoutMs = 20_000;

async function version(what: string, program: string, advice: string): Promise<Finding> {
  const { code, output } = await run(program, ["--version"], { timeoutMs: answerTimeoutMs });
  return code === 0 ? { what, found: output.split("\n")[0] ?? "" } : { what, found: "missing", advice };
}

async function port(): Promise<Finding> {
  const wanted = chosenPort();
  const what = `port ${wanted}`;
  if (await portIsFree(wanted)) return { what, found: "free" };
  const own = runningFrom(dataFolder);
  if (own?.url.endsWith(`:${wanted}`)) return { what, found: "used by the Anteroom that runs from this folder" };
  return { what, found: "taken", advice: `Stop what listens there, or choose another: PORT=${wanted + 1} npm start.` };
}

function folder(): Finding {
  const what = "data folder";
  try {
    mkdirSync(dataFolder, { recursive: true });
    accessSync(dataFolder, constants.W_OK);
    return { what, found: dataFolder };
  } catch {
    return { what, found: "not writable", advice: `Make ${dataFolder} a folder that you may write to.` };
  }
}

function binaryPath(): string {
  try {
    return workerdBinary();
  } catch {
    return "";
  }
}

const reinstall = 'Run "npm ci" again, without --omit=optional.';

/** Asks the database in the environment the least there is to ask. */
async function database(url: string): Promise<Finding> {
  const what = "database";
  const fault = faultOf("DATABASE_URL", url);
  if (fault !== undefined) return { what, found: "unfit", advice: `DATABASE_URL: ${fault}.` };
  try {
    const token = process.env.DATABASE_TOKEN;
    await connect({ url, ...(token && { token }), timeoutMs: answerTimeoutMs }).read({ one: cell(sql`select 1`) });
    return { what, found: `${hostOf(url)} answers` };
  } catch (error) {
    if (!(error instanceof DatabaseFailure)) throw error;
    return { what, found: `${hostOf(url)}: ${error.message}`, advice: "Check DATABASE_URL and DATABASE_TOKEN." };
  }
}

export async function findingsHere(): Promise<Finding[]> {
  const elsewhere = process.env.DATABASE_URL;
  return [
    { what: "node", found: process.version },
    elsewhere
      ? await database(elsewhere)
      : await version("sqld", sqldBinary, `${reinstall} Or set DATABASE_URL to any libSQL database.`),
    await version("workerd", binaryPath(), reinstall),
    await port(),
    folder(),
  ];
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : "something that is not a URL";
}

/** Each setting that a deployment cannot do without, and how one comes by it. */
const needed: Readonly<Record<string, string>> = {
  DATABASE_URL: "the address of a libSQL database, such as libsql://name.turso.io",
  DATABASE_TOKEN: "that database's token",
  SEALING_SECRET: "at least 32 random characters, such as `openssl rand -base64 32` prints, kept for good",
  PUBLIC_URL: "where this Worker will answer, such as https://anteroom.example.com",
  POSTMARK_TOKEN: "a server token of Postmark, who delivers the letters",
  LETTERS_FROM: "the address letters come from, verified at Postmark",
};
/** What a deployment can do without, and what it then lacks. */
const advised: Readonly<Record<string, string>> = {
  POSTMARK_WEBHOOK_SECRET: "letters that come back go unnoticed",
  SCANNER_URL: "documents are not looked through for viruses",
  FRONTEND_ORIGINS: "whoever is in no organization yet is led to the built-in page",
};
/** The migration runs from here, so a secret that only Cloudflare knows does not help it. */
const neededHere: ReadonlySet<string> = new Set(["DATABASE_URL", "DATABASE_TOKEN"]);

async function secretsAtCloudflare(): Promise<ReadonlySet<string>> {
  const { code, output } = await wrangler(["secret", "list", "--format", "json"], { timeoutMs: answerTimeoutMs });
  if (code !== 0) return new Set();
  try {
    const secrets = z.array(z.object({ name: z.string() })).parse(JSON.parse(output.slice(output.indexOf("["))));
    return new Set(secrets.map(({ name }) => name));
  } catch {
    return new Set();
  }
}

const noSuchBucket = /\[code: 10006\]|does not exist/;

/** Asked for one bucket by its name: a list of them comes in pages, and wrangler reads the first. */
async function bucket(name: string, isLoggedIn: boolean): Promise<Finding> {
  const what = `bucket ${name}`;
  if (!isLoggedIn) return { what, found: "not asked for", advice: "Log in first: only Cloudflare knows." };
  const { code, output } = await wrangler(["r2", "bucket", "lifecycle", "list", name], { timeoutMs: answerTimeoutMs });
  if (code === 0) return { what, found: "at Cloudflare" };
  if (noSuchBucket.test(output)) {
    return { what, found: "missing", advice: `Run \`npx wrangler r2 bucket create ${name}\`.` };
  }
  return {
    what,
    found: "Cloudflare did not say",
    advice: `Ask \`npx wrangler r2 bucket info ${name}\` what is wrong.`,
  };
}

function unfitForDeployment(name: string, value: string): string | undefined {
  const isAddress = name === "PUBLIC_URL" || name === "DATABASE_URL";
  if (isAddress && /^(localhost|127\.|\[::1\])/.test(hostOf(value))) return "Cloudflare cannot reach this machine";
  if (name === "PUBLIC_URL" && !value.startsWith("https://")) return "must begin with https://";
  return faultOf(name, value);
}

function setting(name: string, how: string, vars: Record<string, string>, remote: ReadonlySet<string>): Finding {
  const value = process.env[name] || vars[name];
  if (value) {
    const fault = unfitForDeployment(name, value);
    const found = process.env[name] ? "in the environment" : "in wrangler.toml";
    return fault === undefined ? { what: name, found } : { what: name, found: "unfit", advice: `${name}: ${fault}.` };
  }
  if (!remote.has(name)) return { what: name, found: "missing", advice: `Set ${name} in the environment: ${how}.` };
  if (!neededHere.has(name)) return { what: name, found: "at Cloudflare" };
  return {
    what: name,
    found: "only at Cloudflare",
    advice: `Set ${name} in the environment too: the database is migrated from here.`,
  };
}

/** What a deployment needs and only Cloudflare or Postmark could say. */
export const unseen =
  "Not to be seen from here: what the secrets at Cloudflare hold, whether Postmark has verified the sender and has the webhook, and the Workers plan.";

export async function findingsForDeploying(): Promise<Finding[]> {
  const login = await wrangler(["whoami", "--json"], { timeoutMs: answerTimeoutMs });
  const isLoggedIn = login.code === 0;
  const { vars, r2_buckets: buckets } = wranglerConfig();
  const remote = isLoggedIn ? await secretsAtCloudflare() : new Set<string>();
  const isSet = (name: string) => Boolean(process.env[name] || vars[name] || remote.has(name));
  const mailbox = process.env.MAILBOX === "on" || vars.MAILBOX === "on" || remote.has("MAILBOX");
  const findings: Finding[] = [
    isLoggedIn
      ? { what: "wrangler login", found: "logged in" }
      : {
          what: "wrangler login",
          found: "missing",
          advice: "Run `npx wrangler login`, or set CLOUDFLARE_API_TOKEN.",
        },
    ...Object.entries(needed).map(([name, how]) => setting(name, how, vars, remote)),
    ...Object.entries(advised).map(([name, lacks]) =>
      isSet(name) ? setting(name, "", vars, remote) : { what: name, found: `not set: ${lacks}` },
    ),
    mailbox
      ? {
          what: "MAILBOX",
          found: "set",
          advice:
            "Unset MAILBOX for a deployment (and `npx wrangler secret delete MAILBOX`): it shows everybody's letters.",
        }
      : { what: "MAILBOX", found: "off" },
    ...(isSet("POSTMARK_URL")
      ? [
          {
            what: "POSTMARK_URL",
            found: "set",
            advice:
              "Unset POSTMARK_URL for a deployment: it is for a stand-in on this machine, and no letter would go out.",
          },
        ]
      : []),
    ...(await Promise.all(buckets.map(({ bucket_name: name }) => bucket(name, isLoggedIn)))),
  ];
  // Asked last: while anything is missing, nothing is asked of the database.
  const isWhole = findings.every(({ advice }) => advice === undefined);
  return isWhole ? [...findings, await database(process.env.DATABASE_URL ?? "")] : findings;
}

const markWidth = 8;
const nameWidth = 24;

export function lineOf({ what, found, advice }: Finding): string {
  const mark = advice === undefined ? "ok" : found === "missing" ? "missing" : "wrong";
  const line = `  ${mark.padEnd(markWidth)} ${what.padEnd(nameWidth)} ${found}`;
  return advice === undefined ? line : `${line}\n  ${" ".repeat(markWidth + nameWidth + 2)}${advice}`;
}
