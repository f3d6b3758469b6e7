import { eq, sql } from "drizzle-orm";
import { expect, test } from "vitest";
import type { Cell } from "../../db/hrana.ts";
import { candidate, interview, interviewLabel, mailboxLetter, project } from "../../db/schema/index.ts";
import { all, build, compiled, compiledMust, gathered, must, run, unlessTaken } from "../../db/statement.ts";

const group = { id: candidate.id, email: candidate.email };
const queries = {
  "columns of every kind": build
    .select({ id: interview.id, labels: interview.labels, at: interview.createdAt, version: interview.version })
    .from(interview),
  "a whole table": build.select().from(interview),
  "groups and expressions": build
    .select({ id: interview.id, candidate: group, count: sql<number>`1`, shifted: sql`2`.mapWith(interview.createdAt) })
    .from(interview)
    .innerJoin(candidate, eq(candidate.id, interview.candidateId)),
  "an alias": build.select({ one: sql<number>`1`.as("one") }).from(interview),
  "a group that an outer join may leave empty": build
    .select({ id: interview.id, candidate: group })
    .from(interview)
    .leftJoin(candidate, eq(candidate.id, interview.candidateId)),
  "what an insert returns": build
    .insert(project)
    .values({ id: "prj_1" } as never)
    .returning({ id: project.id, revision: project.revision }),
};

/** One row of cells that are all there, and one that holds nothing but its first. */
function rowsFor(width: number, labelsAt: number): Cell[][] {
  const full = Array.from({ length: width }, (_, index) =>
    index === labelsAt ? '["north"]' : 1_790_000_000_000 + index,
  );
  return [full, full.map((cell, index) => (index === 0 ? cell : null))];
}

test.for(Object.entries(queries))("rows of %s are read as Drizzle itself reads them", ([_, query]) => {
  const prepared = query.prepare();
  const fields = Reflect.get(prepared, "fields") as { path: string[] }[];
  const labelsAt = fields.findIndex(({ path }) => path.at(-1) === "labels");
  const rows = rowsFor(fields.length, labelsAt);
  const drizzles = Reflect.get(prepared, "mapResult").call(prepared, { rows }, true);
  expect(all(query as never).read({ rows, changes: 0 })).toEqual(drizzles);
});

test("a compiled query and a compiled condition ask what the plain ones ask", () => {
  const plain = all(build.select({ id: interview.id }).from(interview).where(eq(interview.version, 7)).limit(3));
  const slot = sql.placeholder;
  const made = compiled(() =>
    build
      .select({ id: interview.id })
      .from(interview)
      .where(eq(interview.version, slot("version")))
      .limit(slot("limit")),
  );
  expect(made({ version: 7, limit: 3 })).toMatchObject({ sql: plain.sql, args: plain.args });
  const aMust = must(sql`${interview.id} = ${"itv_1"}`, "signed_out");
  const compiledOne = compiledMust(() => sql`${interview.id} = ${slot("id")}`, "signed_out");
  const { sql: text, args, refusal } = compiledOne({ id: "itv_1" });
  expect({ text, args, refusal }).toEqual({ text: aMust.sql, args: aMust.args, refusal: aMust.refusal });
  expect(compiledOne({ id: "itv_2" }).args).toEqual(["itv_2"]);
  expect(() => compiledOne({})).toThrow("id");
});

test("rows for one table are gathered into one statement, in their order, and what is no plain insert comes before and stays as it is", () => {
  const label = (name: string) =>
    run(build.insert(interviewLabel).values({ organizationId: "org_1", label: name, interviewId: "itv_1" }));
  const event = unlessTaken(run(build.insert(mailboxLetter).values({ id: "ltr_1" } as never)), "moved_on");
  const update = run(build.update(interviewLabel).set({ label: "values (?)" }));
  const condition = must(sql`1`, "not_found");
  const [first, second, labels, letters, ...more] = gathered([label("a"), condition, event, label("b); --"), update]);
  expect(more).toEqual([]);
  expect([first, second]).toEqual([condition, update]);
  expect(labels?.sql.endsWith("values (?, ?, ?), (?, ?, ?)")).toBe(true);
  expect(labels?.args).toEqual(["org_1", "a", "itv_1", "org_1", "b); --", "itv_1"]);
  expect(letters?.refusal).toEqual({ on: "unique", reason: "moved_on" });
});

test("more than one statement can hold is split, and nothing is lost", () => {
  const rows = Array.from({ length: 12_000 }, (_, index) =>
    run(build.insert(interviewLabel).values({ organizationId: "org_1", label: String(index), interviewId: "itv_1" })),
  );
  const statements = gathered(rows);
  expect(statements).toHaveLength(2);
  for (const { args } of statements) expect(args.length).toBeLessThan(32_766);
  expect(statements.flatMap(({ args }) => args)).toEqual(rows.flatMap(({ args }) => [...args]));
});
