// The README makes nine promises: each is shown by tests that exist, and proved by a saboteur. Promise 6 in itself: the
// list of refusals is closed, every one is used, and each says something a person understands.
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { type Reason, refusals } from "../../src/kernel/errors.ts";
import { promises, type Shown } from "../support/promises.ts";
import { proofs } from "../support/proofs.ts";

const top = new URL("../../", import.meta.url).pathname;

function textUnder(folder: string): string {
  return readdirSync(`${top}${folder}`, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => readFileSync(`${entry.parentPath}/${entry.name}`, "utf8"))
    .join("\n");
}

const escaped = (title: string) => title.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replaceAll("…", "\\$\\{\\w+\\}");

/** Titles that no test in that file has. */
function missing({ file, titles }: Shown, read = (path: string) => readFileSync(path, "utf8")): string[] {
  const text = read(`${top}test/${file}`);
  const isTitle = (title: string) =>
    new RegExp(`\\b(?:test|it|describe)(?:\\.each\\([^]*?\\))?\\(\\s*(["'\`])${escaped(title)}\\1`).test(text);
  return titles.filter((title) => !isTitle(title)).map((title) => `${file}: ${title}`);
}

describe("each promise is shown by tests that exist, and a saboteur of it is caught", () => {
  test.each(Object.entries(promises))("promise %s", (_, { shownBy, saboteurs }) => {
    expect(shownBy.length).toBeGreaterThan(0);
    expect(saboteurs.length).toBeGreaterThan(0);
    expect([...shownBy, ...saboteurs].flatMap((one) => missing(one))).toEqual([]);
  });

  test("there are nine", () => {
    expect(Object.keys(promises)).toEqual(["1", "2", "3", "4", "5", "6", "7", "8", "9"]);
  });

  test("saboteur: a title that no test has is caught, one that is only written about included", () => {
    const read = () => '// a promise\ntest("another", () => {});\ntest.each(rows)("one of many", () => {});';
    const titles = ["another", "one of many", "a promise"];
    expect(missing({ file: "x.test.ts", titles }, read)).toEqual(["x.test.ts: a promise"]);
  });
});

describe("each proof of a hard part stands, and so does its saboteur", () => {
  const { scripts } = z
    .object({ scripts: z.record(z.string(), z.string()) })
    .parse(JSON.parse(readFileSync(`${top}package.json`, "utf8")));

  test.each(Object.entries(proofs))("%s", (_, { shownBy, saboteurs, command }) => {
    expect(shownBy.length).toBeGreaterThan(0);
    expect(saboteurs.length).toBeGreaterThan(0);
    expect([...shownBy, ...saboteurs].flatMap((one) => missing(one))).toEqual([]);
    if (command !== undefined) expect(Object.keys(scripts)).toContain(command);
  });

  test("there are eight", () => {
    expect(Object.keys(proofs)).toHaveLength(8);
  });
});

describe("promise 6: every reason has a code and a sentence a person understands", () => {
  // In the table itself reasons are names of fields, not quoted: a quoted one is somebody's refusal.
  const code = `${textUnder("src")}\n${textUnder("db")}`;
  const isReason = (name: string): name is Reason => name in refusals;
  const reasons = Object.keys(refusals).filter(isReason);

  test.each(reasons)("%s", (reason) => {
    const { sentence } = refusals[reason];
    expect(reason).toMatch(/^[a-z]+(_[a-z]+)*$/);
    expect(sentence).toMatch(/^[A-Z].{10,118}[.]$/);
    expect(sentence).not.toMatch(/null|undefined|SQL|id is|token|invalid|error|_/i);
    expect(code.includes(`"${reason}"`)).toBe(true);
  });

  test("no two say the same", () => {
    const sentences = reasons.map((reason) => refusals[reason].sentence);
    expect(new Set(sentences).size).toBe(sentences.length);
  });
});
