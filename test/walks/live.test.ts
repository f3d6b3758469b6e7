// The live list over the whole router: after every procedure, whoever has followed what changed believes what a fresh list says.
import { beforeAll, describe, expect, test } from "vitest";
import { triggers } from "../../db/schema/triggers.ts";
import { listedInterviews } from "../../src/listing/actions.ts";
import { type Follower, follow, listAll } from "../live/follower.ts";
import { type Stage, setTheStage, tokenOf } from "../support/stage.ts";
import { ask } from "../support/wire.ts";
import { anteroom } from "../support/world.ts";
import { callerOf } from "./cases/case.ts";
import { leftOut, walked } from "./cases.ts";

let stage: Stage;
let followers: { readonly client: ReturnType<typeof anteroom>; readonly follower: Follower }[];
beforeAll(async () => {
  stage = await setTheStage();
  const clients = [stage.house.owner.client, anteroom(await tokenOf(stage, "evaluator", stage.invited))];
  followers = await Promise.all(clients.map(async (client) => ({ client, follower: await follow(client) })));
});

const rows = walked
  .filter(([{ type }]) => type === "mutation")
  .map(([procedure, written]) => ({ path: procedure.path, procedure, written }));

test("no procedure is left out of the walks", () => {
  expect(leftOut()).toEqual([]);
});

describe("after it, a follower and a fresh list agree", () => {
  test.each(rows)("$path", async ({ procedure, written }) => {
    const caller = callerOf(written);
    const { input, whose = stage.invited } = await written.prepare(stage, caller);
    const { outcome } = await ask(procedure, input, await tokenOf(stage, caller, whose));
    expect(outcome).toBe("ok");
    for (const { client, follower } of followers) {
      await follower.catchUp(100);
      expect(follower.mirror()).toEqual(await listAll(client));
    }
  });
});

describe("what the list reads is what the triggers follow", () => {
  /** Never changed, or only together with something that is followed. */
  const still: Readonly<Record<string, readonly string[]>> = {
    project_revision: ["project_id", "revision", "judged_count"],
    interview: ["id", "organization_id"],
    candidate: ["id"],
    project: ["id"],
  };

  /** Columns the query names of tables whose changes no trigger follows. */
  function unfollowed(query: string, standing: ReadonlyMap<string, string>): string[] {
    const named = new Set(Array.from(query.matchAll(/"(\w+)"\."(\w+)"/g), ([, table, column]) => `${table} ${column}`));
    return [...named].filter((one) => {
      const [table = "", column = ""] = one.split(" ");
      if (still[table]?.includes(column)) return false;
      const text = standing.get(`${table}_update_noted`);
      const columns = /after update(?: of ([\w, ]+))? on /.exec(text ?? "");
      return columns === null || (columns[1] !== undefined && !columns[1].split(", ").includes(column));
    });
  }

  test("each column of each table", () => {
    expect(unfollowed(listedInterviews({}).toSQL().sql, triggers)).toEqual([]);
  });

  test("saboteur: a list that reads what nobody follows, and a trigger that is gone, are found", () => {
    const { sql } = listedInterviews({}).toSQL();
    expect(unfollowed(`${sql} "interview"."armed_for"`, triggers)).toEqual(["interview armed_for"]);
    const without = new Map([...triggers].filter(([name]) => name !== "veto_update_noted"));
    expect(unfollowed(sql, without)).toEqual(["veto member_id", "veto interview_id"]);
  });
});
