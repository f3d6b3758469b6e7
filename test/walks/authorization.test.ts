// Who may call what: every procedure of the router, with every kind of caller, against what is written in cases/.
import { beforeAll, describe, expect, test } from "vitest";
import { type ActorName, actors, type Stage, setTheStage, tokenOf } from "../support/stage.ts";
import { type Answer, ask, askTogether, type Call, type Procedure } from "../support/wire.ts";
import { newEmail } from "../support/world.ts";
import type { Case, Prepared } from "./cases/case.ts";
import { leftOut, walked } from "./cases.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await setTheStage();
});

test("no procedure is left out of the walks", () => {
  expect(leftOut()).toEqual([]);
});

type Line = Readonly<Record<string, string>>;

const refusedActors = (written: Case) => actors.filter((actor) => written.expected[actor] !== "ok");
const welcomeActors = (written: Case) => actors.filter((actor) => written.expected[actor] === "ok");

async function asked(procedure: Procedure, actor: ActorName, { input, whose = stage.invited }: Prepared) {
  return ask(procedure, input, await tokenOf(stage, actor, whose));
}

/** What each caller is answered. Refused calls share one target, all at once: it has to be as good as new after all of them. */
async function outcomesOf(procedure: Procedure, written: Case): Promise<Line> {
  const outcomes: Record<string, string> = {};
  const shared = await written.prepare(stage, "owner");
  const refused = refusedActors(written).map(async (actor) => {
    outcomes[actor] = (await asked(procedure, actor, shared)).outcome;
  });
  await Promise.all(refused);
  for (const [index, actor] of welcomeActors(written).entries()) {
    const isReusable = index === 0 && (actor === "owner" || written.for === "candidate" || written.for === "anyone");
    const prepared = isReusable ? shared : await written.prepare(stage, actor);
    outcomes[actor] = (await asked(procedure, actor, prepared)).outcome;
  }
  return outcomes;
}

/** A call that anybody may make, of each type, to stand beside a forbidden one in the same request. */
const allowed = (type: Procedure["type"]): Call =>
  type === "query"
    ? { path: "identity.openLink", input: { token: `si_${"A".repeat(43)}` } }
    : { path: "identity.askForLink", input: { email: newEmail("nobody.here") } };

async function batchedOutcomes(procedure: Procedure, written: Case): Promise<Line> {
  const outcomes: Record<string, string> = {};
  const { input = {}, whose = stage.invited } = await written.prepare(stage, "owner");
  const forbidden = { path: procedure.path, input };
  const batches = refusedActors(written).map(async (actor) => {
    const token = await tokenOf(stage, actor, whose);
    const { type } = procedure;
    const [first, second, third] = await askTogether(type, [allowed(type), forbidden, allowed(type)], token);
    outcomes[actor] = second?.outcome ?? "nothing";
    if (first?.outcome !== "ok" || third?.outcome !== "ok") outcomes[actor] += ", and its neighbours suffered";
  });
  await Promise.all(batches);
  return outcomes;
}

describe("every procedure answers every kind of caller as written", () => {
  test.each(walked.map(([procedure, written]) => ({ path: procedure.path, procedure, written })))(
    "$path",
    async ({ procedure, written }) => {
      const { needs } = written;
      expect(procedure.meta).toEqual({ for: written.for, ...(needs && { needs }) });
      expect(await outcomesOf(procedure, written)).toEqual(written.expected);
    },
  );
});

describe("a forbidden call in a batch is refused as it is alone, and the calls beside it go well", () => {
  const pairs = walked.filter(([, written]) => refusedActors(written).length > 0);
  test.each(pairs.map(([procedure, written]) => ({ path: procedure.path, procedure, written })))(
    "$path",
    async ({ procedure, written }) => {
      const expected = Object.fromEntries(refusedActors(written).map((actor) => [actor, written.expected[actor]]));
      expect(await batchedOutcomes(procedure, written)).toEqual(expected);
    },
  );
});

describe("bearer tokens", () => {
  const asOwner = async () => (await tokenOf(stage, "owner", stage.invited)) ?? "";
  const outcome = async (token: string): Promise<Answer["outcome"]> => {
    const me = walked.find(([{ path }]) => path === "identity.me");
    if (!me) throw new Error("there is an identity.me");
    return (await ask(me[0], undefined, token)).outcome;
  };
  const flipped = (token: string, at: number) =>
    `${token.slice(0, at)}${token[at] === "A" ? "B" : "A"}${token.slice(at + 1)}`;

  test("a whole one is let in", async () => {
    expect(await outcome(await asOwner())).toBe("ok");
  });

  test("one that is cut short, changed in any place, or nothing like a token is signed out", async () => {
    const token = await asOwner();
    const broken = [
      ...[1, 6, 7, 20, token.length - 1].map((length) => token.slice(0, length)),
      ...Array.from({ length: token.length }, (_, at) => at)
        .filter((at) => at % 7 === 0 || at === token.length - 1)
        .map((at) => flipped(token, at)),
      `${token}${token}`,
      ".",
      "a.b.c",
      "null",
      "%00",
      "__proto__",
      "A".repeat(5_000),
      `${token.slice(0, 7)}${"A".repeat(5_000)}`,
      Buffer.from('{"kind":"member"}').toString("base64url"),
    ];
    const outcomes = await Promise.all(broken.map(async (each) => [each, await outcome(each)]));
    expect(outcomes.filter(([, answered]) => answered !== "signed_out")).toEqual([]);
  });
});

describe("the walk is not blind", () => {
  test("an expectation that is not met is told, by procedure and caller", async () => {
    const [procedure, written] = walked.find(([{ path }]) => path === "team.create") ?? [];
    if (!procedure || !written) throw new Error("there is a team.create");
    const saboteur = { ...written, expected: { ...written.expected, recruiter: "ok" as const } };
    const outcomes = await outcomesOf(procedure, saboteur);
    expect(outcomes).not.toEqual(saboteur.expected);
    expect(outcomes).toMatchObject({ recruiter: "not_allowed" });
  });
});
