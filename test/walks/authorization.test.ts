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

const tokenFor = (actor: ActorName, { whose = stage.invited }: Prepared) => tokenOf(stage, actor, whose);

/** A call that anybody may make, of each type, to stand beside a forbidden one in the same request. */
const allowed = (type: Procedure["type"]): Call =>
  type === "query"
    ? { path: "identity.openLink", input: { token: `si_${"A".repeat(43)}` } }
    : { path: "identity.askForLink", input: { email: newEmail("nobody.here") } };

async function askedInABatch({ path, type }: Procedure, input: unknown = {}, token?: string) {
  const [first, second, third] = await askTogether(type, [allowed(type), { path, input }, allowed(type)], token);
  const suffered = first?.outcome !== "ok" || third?.outcome !== "ok" ? ", and its neighbours suffered" : "";
  return `${second?.outcome ?? "nothing"}${suffered}`;
}

/**
 * What each caller is answered, and whoever is refused in a batch as well. Refused calls share one target, all at once: it has
 * to be as good as new after all of them. Calls that go well use theirs up, unless they only read.
 */
async function outcomesOf(procedure: Procedure, written: Case): Promise<{ alone: Line; inABatch: Line }> {
  const alone: Record<string, string> = {};
  const inABatch: Record<string, string> = {};
  const shared = await written.prepare(stage, "owner");
  const refused = refusedActors(written).map(async (actor) => {
    const token = await tokenFor(actor, shared);
    alone[actor] = (await ask(procedure, shared.input, token)).outcome;
    inABatch[actor] = await askedInABatch(procedure, shared.input, token);
  });
  await Promise.all(refused);
  const isOnlyRead = procedure.type === "query";
  const welcome = welcomeActors(written).map((actor, index) => async () => {
    const isFirst =
      index === 0 &&
      (actor === "owner" || written.for === "candidate" || written.for === "reference" || written.for === "anyone");
    const prepared = isOnlyRead || isFirst ? shared : await written.prepare(stage, actor);
    alone[actor] = (await ask(procedure, prepared.input, await tokenFor(actor, prepared))).outcome;
  });
  if (isOnlyRead) await Promise.all(welcome.map((call) => call()));
  else for (const call of welcome) await call();
  return { alone, inABatch };
}

describe("every procedure answers every kind of caller as written, and refuses in a batch as it does alone", () => {
  test.each(walked.map(([procedure, written]) => ({ path: procedure.path, procedure, written })))(
    "$path",
    async ({ procedure, written }) => {
      const { needs } = written;
      expect(procedure.meta).toEqual({ for: written.for, ...(needs && { needs }) });
      const { alone, inABatch } = await outcomesOf(procedure, written);
      expect(alone).toEqual(written.expected);
      const refusals = refusedActors(written).map((actor) => [actor, written.expected[actor]]);
      expect(inABatch).toEqual(Object.fromEntries(refusals));
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
    const { alone } = await outcomesOf(procedure, saboteur);
    expect(alone).not.toEqual(saboteur.expected);
    expect(alone).toMatchObject({ recruiter: "not_allowed" });
  });
});
