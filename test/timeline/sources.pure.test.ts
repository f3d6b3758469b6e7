// A timeline's entries go with their rows, and to whom their rows go: every statement of the Worker that may do either is found by its text.
import { readdirSync, readFileSync } from "node:fs";
import { getTableName, is, Table } from "drizzle-orm";
import { expect, test } from "vitest";
import * as schema from "../../db/schema/index.ts";
import { timelineFills, timelineTriggers } from "../../db/schema/timeline-triggers.ts";

const folder = new URL("../../src/", import.meta.url).pathname;
const stores = readdirSync(folder, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith("store.ts"))
  .map((path) => ({ path, text: readFileSync(`${folder}${path}`, "utf8") }));

const tableOf = (name: string) => {
  const found = Object.entries(schema).find(([key]) => key === name)?.[1];
  return is(found, Table) ? getTableName(found) : name;
};

/** Sources whose rows are deleted, and whose entries would stay. */
function orphaned(texts: readonly string[]): string[] {
  const named = texts.flatMap((text) => [...text.matchAll(/(?:build\.delete\(|delete from \$\{)(\w+)/g)]);
  const tables = new Set(named.map(([, name = ""]) => tableOf(name)));
  return [...tables].filter(
    (table) => timelineFills.has(`${table}_insert_told`) && !timelineTriggers.has(`${table}_delete_told`),
  );
}

/** Where something comes to be another candidate's. */
const movers = (texts: typeof stores) =>
  texts.filter(({ text }) => /\.set\(\{[^}]*\bcandidateId\b/.test(text)).map(({ path }) => path);

test("what is deleted of a source takes its entry along", () => {
  expect(orphaned(stores.map(({ text }) => text))).toEqual([]);
});

test("saboteur: a history of which something is deleted is found", () => {
  expect(orphaned(["build.delete(meetingEvent).where(isIt)"])).toEqual(["meeting_event"]);
});

test("what is one candidate's becomes another's only where two records become one, which takes the timeline along", () => {
  expect(movers(stores)).toEqual(["merger/store.ts"]);
});
