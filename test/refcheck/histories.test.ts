// Random histories of a refcheck: whatever candidates, references, members and time do in whatever order, its status is what its references
// say, its versions have no gap, and nothing is taken after the deadline.
import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { connect } from "../../db/database.ts";
import { refcheckEvent } from "../../db/schema/index.ts";
import { all, build } from "../../db/statement.ts";
import { dayMs, hourMs, after as plus } from "../../src/kernel/clock.ts";
import type { Deps } from "../../src/kernel/deps.ts";
import { Refused } from "../../src/kernel/errors.ts";
import { newId, type ReferenceId } from "../../src/kernel/ids.ts";
import type { CandidateScope, MemberScope, ReferenceScope } from "../../src/kernel/scope.ts";
import { editReference, nameReference, replaceReference } from "../../src/naming/actions.ts";
import {
  cancelRefcheck,
  consent,
  restoreRefcheck,
  setRefcheckDeadline,
  tendRefchecks,
  withdrawConsent,
} from "../../src/refcheck/actions.ts";
import {
  acceptReference,
  declineReference,
  finishReference,
  referenceUnreachable,
  saveAnswers,
} from "../../src/reference/actions.ts";
import { NameReference } from "../../src/reference/contract.ts";
import { isNamed } from "../../src/reference/machine.ts";
import { resolveSignals } from "../../src/signal/actions.ts";
import { memberScopeOf } from "../deadline/ledger.ts";
import { aReference, givenRole, newRefcheck, type RefcheckOf, shortAnswers } from "../support/refcheck.ts";
import { database, givenOrganization, type House, newEmail, systemDeps } from "../support/world.ts";
import { kindsOf, saidOf } from "./ledger.ts";

const noon = new Date("2031-03-03T12:00:00.000Z");
const verbs = [
  ...["consent", "name", "edit", "correct", "replace", "accept", "accept", "decline", "finish", "finish", "bounce"],
  ...["tend", "wait", "set_deadline", "restore", "cancel", "withdraw", "resolve"],
] as const;
/** What is tried, and on which of the references. */
const steps = fc.array(fc.record({ verb: fc.constantFrom(...verbs), nth: fc.nat({ max: 3 }) }), {
  minLength: 12,
  maxLength: 24,
});

let house: House;
let member: MemberScope;
let roleId: `rol_${string}`;
beforeAll(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: noon });
  house = await givenOrganization();
  member = memberScopeOf(house);
  roleId = (await givenRole(house, { referencesRequired: 2, referencesOptional: 1 })).id;
});
afterAll(() => {
  vi.useRealTimers();
});

type History = { readonly deps: Deps; readonly whose: RefcheckOf; readonly candidate: CandidateScope };

async function take({ deps, whose, candidate }: History, verb: string, one: { id: ReferenceId; email: string }) {
  const { refcheckId, organizationId } = whose;
  const { id: referenceId } = one;
  const own: ReferenceScope = { kind: "reference", sessionId: newId("ses"), organizationId, refcheckId, referenceId };
  const later = plus(deps.now(), 2 * dayMs);
  switch (verb) {
    case "consent":
      return consent(deps, candidate, { refcheckId, version: 1 });
    case "name":
      return nameReference(
        deps,
        candidate,
        NameReference.parse({ refcheckId, ...aReference({ phone: "+31 20 123 45 67" }) }),
      );
    case "edit":
      return editReference(deps, candidate, { referenceId, firstName: "Rita", employer: "Elsewhere", phone: null });
    case "correct":
      return editReference(deps, candidate, { referenceId, email: newEmail("right") });
    case "replace":
      return replaceReference(deps, candidate, { referenceId, by: null });
    case "resolve": {
      const { open } = await lookAt({ deps, whose, candidate });
      const signalIds = open.map(({ id }) => id);
      return signalIds.length > 0 && resolveSignals(deps, member, { refcheckId, signalIds, note: "Looked at." });
    }
    case "accept":
      return acceptReference(deps, own);
    case "decline":
      return declineReference(deps, own, { reason: "not_available", note: "" });
    case "finish":
      await saveAnswers(deps, own, { answers: shortAnswers });
      return finishReference(deps, own);
    case "bounce":
      return deps.db.write(await referenceUnreachable(deps, referenceId, one.email, "bounced"));
    case "tend":
      return tendRefchecks(deps, [refcheckId]);
    case "wait":
      return vi.setSystemTime(plus(deps.now(), 20 * hourMs));
    case "set_deadline":
      return setRefcheckDeadline(deps, member, { refcheckId, deadlineAt: later });
    case "restore":
      return restoreRefcheck(deps, member, { refcheckId, deadlineAt: later });
    case "cancel":
      return cancelRefcheck(deps, member, { refcheckId });
    default:
      return withdrawConsent(deps, candidate, { refcheckId });
  }
}

/** Its references, and what is wrong with it as it stands. */
async function lookAt(history: History) {
  const { row, references, signals, said } = await saidOf(history.whose.refcheckId);
  const { events } = await database().read({
    events: all(
      build
        .select()
        .from(refcheckEvent)
        .where(eq(refcheckEvent.refcheckId, history.whose.refcheckId))
        .orderBy(refcheckEvent.version),
    ),
  });
  const faults: string[] = [];
  if (row.progress !== said.progress) faults.push(`says ${row.progress} where its references say ${said.progress}`);
  if (row.status !== said.status) faults.push(`shows ${row.status} where its signals say ${said.status}`);
  const open = signals.filter(({ resolvedAt, withdrawnAt }) => !resolvedAt && !withdrawnAt);
  const isOut = (id: ReferenceId | null) =>
    references.some((one) => one.id === id && !isNamed(one.status) && one.status !== "expired");
  if (open.some(({ referenceId, otherReferenceId }) => isOut(referenceId) || isOut(otherReferenceId)))
    faults.push("a signal waits about somebody who is out");
  if (events.at(-1)?.to !== row.status) faults.push("its last event says another status");
  if (events.some(({ version }, nth) => version !== nth + 1) || events.length !== row.version)
    faults.push("a version is missing");
  const answered = events.filter(({ verb }) => verb === "finish").length;
  if ((row.completedAt !== null) !== answered >= row.referencesRequired) faults.push("completed without a trace");
  // Deadlines move: what was taken was in time by the one that stood then, which the event before it names.
  events.forEach((event, nth) => {
    const isPersons = event.actorKind !== "system" && event.verb !== "restore";
    const stood = events[nth - 1]?.deadlineAt ?? null;
    if (isPersons && stood !== null && event.at >= stood) faults.push(`${event.verb} after the deadline`);
  });
  return { references, faults, open };
}

/** Plays it, with a database that may be somebody's who does it wrongly. */
async function played(tried: readonly { verb: string; nth: number }[], db = database()): Promise<string[]> {
  vi.setSystemTime(noon);
  const whose = await newRefcheck(house, "invited", { roleId, deadlineAt: plus(noon, 2 * dayMs) });
  const { organizationId, candidateId, refcheckId } = whose;
  const candidate = {
    kind: "candidate",
    sessionId: newId("ses"),
    organizationId,
    candidateId,
    refcheckId,
    interviewId: null,
    offerId: null,
  } as const;
  const history = { deps: { ...systemDeps({ db }), afterwards: () => undefined }, whose, candidate };
  const faults = new Set<string>();
  let { references } = await lookAt(history);
  for (const { verb, nth } of tried) {
    const one = references[nth % Math.max(1, references.length)] ?? { id: whose.referenceId, email: "" };
    await take(history, verb, one).catch((error: unknown) => {
      if (!(error instanceof Refused)) throw error;
    });
    const seen = await lookAt(history);
    references = seen.references;
    for (const fault of seen.faults) faults.add(fault);
  }
  return [...faults];
}

test("30 random histories: the status never disagrees with the references, and nothing is taken after the deadline", async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (tried) => {
      // Most begin with what nothing goes without.
      expect(
        await played([{ verb: "consent", nth: 0 }, { verb: "name", nth: 0 }, { verb: "name", nth: 0 }, ...tried]),
      ).toEqual([]);
    }),
    { numRuns: 30, endOnFailure: true },
  );
}, 120_000);

/** A database in which one piece of what is sent is another. */
function spoilt(piece: string, by: string) {
  return connect({
    url: String(env.DATABASE_URL),
    fetch: (url, init) => fetch(url, { ...init, body: String(init?.body).replaceAll(piece, by) }),
  });
}

const story = ["consent", "name", "name", "accept", "wait", "wait", "accept"].map((verb, nth) => ({
  verb,
  nth: nth % 2,
}));

test("saboteurs: another rule for the status, and a version that skips, are each found out", async () => {
  expect(await played(story)).toEqual([]);
  const saboteurs = [
    ["then 'in_progress'", "then 'awaiting_references'", "where its references say in_progress"],
    ['\\"refcheck\\".\\"version\\" + 1', '\\"refcheck\\".\\"version\\" + 2', "a version is missing"],
  ] as const;
  for (const [piece, by, found] of saboteurs) {
    expect((await played(story, spoilt(piece, by))).join("; ")).toContain(found);
  }
});

test("who made it is told once, however many finish; saboteur: a letter without its condition tells of each", async () => {
  const told = async (db = database()) => {
    vi.setSystemTime(noon);
    const deps = { ...systemDeps({ db }), afterwards: () => undefined };
    const whose = await newRefcheck(house, "answered", {
      roleId: (await givenRole(house, { referencesRequired: 1 })).id,
    });
    const { organizationId, candidateId, refcheckId, referenceId } = whose;
    const scope = {
      kind: "candidate",
      sessionId: newId("ses"),
      organizationId,
      candidateId,
      refcheckId,
      interviewId: null,
      offerId: null,
    } as const;
    const named = await nameReference(deps, scope, NameReference.parse({ refcheckId, ...aReference() }));
    const refereeOf = (id: ReferenceId): ReferenceScope => ({
      ...{ kind: "reference", sessionId: newId("ses"), organizationId, refcheckId, referenceId: id },
    });
    const other = refereeOf(named.references[1]?.id ?? referenceId);
    await acceptReference(deps, other);
    await saveAnswers(deps, other, { answers: shortAnswers });
    for (const referee of [refereeOf(referenceId), other]) await finishReference(deps, referee);
    return (await kindsOf(refcheckId)).filter((kind) => kind === "refcheck_completed").length;
  };
  expect(await told()).toBe(1);
  expect(await told(spoilt('\\"refcheck\\".\\"completed_by\\" = ? and', "? is not null and"))).toBe(2);
});
