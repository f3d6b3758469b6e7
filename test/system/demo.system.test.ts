// The README's demo as a stranger runs it: `npm run demo` against a running installation.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Anteroom, startAnteroom } from "../../src/local/anteroom.ts";
import { freePort, root } from "../../src/local/process.ts";

let anteroom: Anteroom;
let directory: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "anteroom-demo-"));
  anteroom = await startAnteroom({ directory, port: await freePort(), environment: {}, log: "file" });
});
afterAll(async () => {
  await anteroom?.stop();
  rmSync(directory, { recursive: true, force: true });
});

async function demoAt(url: string): Promise<{ exitCode: unknown; told: string }> {
  const child = spawn("npm", ["run", "--silent", "demo"], { cwd: root, env: { ...process.env, ANTEROOM_URL: url } });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (part) => {
      text += part;
    });
  }
  const [exitCode] = await once(child, "close");
  return { exitCode, told: stripVTControlCharacters(text) };
}

test("the demo tells its story to the end: the alarm writes the expiry, and who is restored finishes", async () => {
  const { exitCode, told } = await demoAt(anteroom.url);
  expect({ exitCode, told }).toMatchObject({ exitCode: 0 });
  expect(told.match(/^\d\. .+$/gm)).toEqual([
    "1. A recruiter signs up",
    "2. She creates an organization",
    "3. She makes a project",
    "4. She invites the people in candidates.csv",
    "5. Teodor has 4 seconds, and misses them",
    "6. Rosa rates what she has heard",
    "7. She asks people who have worked with Iris",
    "8. She keeps a record of Noor",
    "9. Rosa looks at her list",
  ]);
  expect(told).toMatch(/the alarm had written: invited -> expired, by the system, \d+ ms after the deadline/);
  expect(told).toContain("Confirming now is refused: illegal_step, from expired.");
  expect(told).toContain("Rosa restores the interview: invited again");
  expect(told).toContain("Teodor finishes.");
  expect(told).toMatch(/^ +Teodor Lindqvist +interviewed +7 events; nothing left to do$/m);
  expect(told).toMatch(/^ +Mira Okafor +interviewed +5 events; nothing left to do$/m);
  expect(told).toContain("The evaluation was pending and is completed: 88 of 100.");
  expect(told).toContain("A row that is wrong spoils no other: refused with bad_input.");
  expect(told).toContain('Iris hears of it: "Somebody else is needed: Shift lead".');
  expect(told).toContain("Both have finished: 2 answers, and the refcheck is needs_attention.");
  expect(told).toContain("(4 of 5) Rhea Holm and Sven Holm wrote nearly the same");
  expect(told).toContain("Iris sees nothing of that: to her it is completed.");
  expect(told).toContain("Now it is completed.");
  expect(told).toContain("The report: 87.5 of 100 over 8 ratings; 2 would work with her again.");
  expect(told).toMatch(/as a page to print: 200, http:.*\/reports\/rs_/);
  expect(told).toContain("the same number she is known: candidate_known, by phone.");
  expect(told).toContain('Searching for "latte" finds Noor.');
  expect(told).toContain("for five minutes it can be downloaded: 200.");
  expect(told).toContain("The board: Applied 0, On trial 1, Hired 0.");
  expect(told).toContain("Noor opens the link in her letter and sees 3 times.");
  expect(told).toContain("Another meeting at that hour is a warning: meeting_overlaps.");
  expect(told).toMatch(/in one list: record create, record create, record merge, .*placement move, .*meeting schedule/);
  expect(told).toContain("3 interviews in all.");
});

test("where nothing answers, the demo says so in one sentence and ends with exit code 1", async () => {
  const url = `http://127.0.0.1:${await freePort()}`;
  const { exitCode, told } = await demoAt(url);
  expect(exitCode).toBe(1);
  expect(told).toContain(`Nothing answers at ${url}.`);
  expect(told).not.toMatch(/^\s+at /m);
});
