import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type ActorKind,
  actors,
  advance,
  availableActions,
  dueOf,
  isDue,
  newborn,
  previousStatusAt,
  type Rules,
  type State,
  type Status,
  seen,
  settle,
  statusAt,
  statuses,
  type Taken,
  table,
  type Verb,
  verbs,
} from "../../src/interview/machine.ts";
import { Refused } from "../../src/kernel/errors.ts";
import { stepFor } from "../../src/kernel/machine.ts";

/**
 * The README's table, written down apart from the one it checks: from, verb, who, to. `set_deadline` is the documented
 * primitive that moves no status, and `accommodate` moves none either; what is over (interviewed, skipped) has no time left to give.
 */
const promised = `
  new           invite        member     invited
  new           invite        system     invited
  new           skip          member     skipped
  new           set_deadline  member     new
  new           accommodate   member     new
  new           schedule      member     new
  new           schedule      system     new
  invited       confirm       candidate  confirmed
  invited       expire        system     expired
  invited       skip          member     skipped
  invited       set_deadline  member     invited
  invited       accommodate   member     invited
  confirmed     start         candidate  interviewing
  confirmed     expire        system     expired
  confirmed     skip          member     skipped
  confirmed     set_deadline  member     confirmed
  confirmed     accommodate   member     confirmed
  interviewing  finish        candidate  interviewed
  interviewing  abort         candidate  aborted
  interviewing  abort         system     aborted
  interviewing  expire        system     expired
  interviewing  set_deadline  member     interviewing
  interviewing  accommodate   member     interviewing
  expired       restore       member     previous
  expired       skip          member     skipped
  expired       set_deadline  member     expired
  expired       accommodate   member     expired
  aborted       reset         member     confirmed
  aborted       skip          member     skipped
  aborted       set_deadline  member     aborted
  aborted       accommodate   member     aborted
`;

const promises = new Map(
  promised
    .trim()
    .split("\n")
    .map((row) => row.trim().split(/\s+/))
    .map(([from, verb, who, to]) => [`${from} ${verb} ${who}`, to ?? ""]),
);

const triples = statuses.flatMap((from) => verbs.flatMap((verb) => actors.map((who) => ({ from, verb, who }))));
type Triple = (typeof triples)[number];

/** Where a triple leads, or `illegal`. */
type Decide = (triple: Triple) => string;

const promise: Decide = ({ from, verb, who }) => promises.get(`${from} ${verb} ${who}`) ?? "illegal";

/** Every triple that is decided otherwise than the README's table promises. */
function violations(decide: Decide): string[] {
  return triples
    .filter((triple) => decide(triple) !== promise(triple))
    .map((triple) => `${triple.from} ${triple.verb} ${triple.who}: ${decide(triple)}, promised ${promise(triple)}`);
}

type Table = typeof table;

const byTable =
  (rows: Table): Decide =>
  ({ from, verb, who }) => {
    const row = stepFor(rows, from, verb);
    if (!row?.who.includes(who)) return "illegal";
    return row.to === "same" ? from : row.to;
  };

const now = new Date("2031-05-01T12:00:00.000Z");
const hourMs = 3_600_000;
const at = (offsetMs: number) => new Date(now.getTime() + offsetMs);
const startBy: Rules = { maxInterviewSeconds: 7_200, interruptionGraceSeconds: 7_200, deadlineAppliesTo: "start" };
const finishBy: Rules = { maxInterviewSeconds: 7_200, interruptionGraceSeconds: 7_200, deadlineAppliesTo: "finish" };

/** An interview that stands there in good time. */
function standing(status: Status, over: Partial<State> = {}, rules: Rules = startBy): State {
  const started = ["interviewing", "interviewed", "aborted"].includes(status) ? at(-60_000) : null;
  const state: State = {
    ...newborn,
    status,
    version: 4,
    previousStatus: status === "expired" ? "invited" : null,
    deadlineAt: status === "new" ? null : at(hourMs),
    startedAt: started,
    finishedAt: status === "interviewed" ? at(-1) : null,
    ...over,
  };
  return { ...state, ...dueOf(state, rules) };
}

const memberVerbs: readonly Verb[] = ["invite", "restore", "reset", "set_deadline"];
const later = (verb: Verb) => (memberVerbs.includes(verb) ? { deadlineAt: at(2 * hourMs) } : {});

/** The refusal of what is asked, or where it leads. */
function outcome(take: () => Taken[]): Refused | Taken[] {
  try {
    return take();
  } catch (error) {
    if (error instanceof Refused) return error;
    throw error;
  }
}

const byAdvance =
  (previousStatus: Status, rules: Rules): Decide =>
  ({ from, verb, who }) => {
    const state = standing(from, from === "expired" ? { previousStatus } : {}, rules);
    const taken = outcome(() => advance(state, rules, { verb, who, now, ...later(verb) }));
    if (taken instanceof Refused) return taken.reason === "illegal_step" ? "illegal" : taken.reason;
    const to = taken.at(-1)?.after.status ?? "nowhere";
    return verb === "restore" && to === previousStatus ? "previous" : to;
  };

describe("the table", () => {
  test(`decides all ${triples.length} triples of status, verb and actor as the README's table does`, () => {
    expect(triples).toHaveLength(288);
    expect(violations(byTable(table))).toEqual([]);
  });

  test("is what advancing goes by, whichever status an expired interview came from and whatever the deadline is for", () => {
    for (const previous of ["invited", "confirmed"] as const) {
      for (const rules of [startBy, finishBy]) expect(violations(byAdvance(previous, rules))).toEqual([]);
    }
  });

  test("has one row for each verb, so that a verb has one meaning", () => {
    expect(table.map(({ verb }) => verb).toSorted()).toEqual([...verbs].toSorted());
  });

  test("refuses with where it stands, what was asked and what would be allowed", () => {
    for (const { from, verb, who } of triples.filter((triple) => promise(triple) === "illegal")) {
      const refused = outcome(() => advance(standing(from), startBy, { verb, who, now }));
      const allowed = verbs.filter((other) => promise({ from, verb: other, who }) !== "illegal");
      expect(refused).toBeInstanceOf(Refused);
      if (refused instanceof Refused) {
        expect(refused.reason).toBe("illegal_step");
        expect(refused.facts).toEqual({ from, verb, allowed });
      }
    }
  });

  /** Every table that differs in one cell: a `from` or `who` more or less, another `to`, a row lost. */
  const wrongTables = table.flatMap((row, index) => {
    const toggled = <Item>(items: readonly Item[], item: Item) =>
      items.includes(item) ? items.filter((other) => other !== item) : [...items, item];
    const rows: Table = [
      ...statuses.map((status) => ({ ...row, from: toggled(row.from, status) })),
      ...actors.map((actor) => ({ ...row, who: toggled(row.who, actor) })),
      ...[...statuses, "previous" as const, "same" as const]
        // From a single status "same" and that status are the same promise.
        .filter((to) => to !== row.to && !(row.to === "same" && row.from.length === 1 && row.from[0] === to))
        .map((to) => ({ ...row, to })),
    ];
    return [table.toSpliced(index, 1), ...rows.map((wrong) => table.with(index, wrong))];
  });

  test(`saboteur: each of ${wrongTables.length} tables with one wrong cell is caught by the check of the triples`, () => {
    const uncaught = wrongTables.filter((wrong) => violations(byTable(wrong)).length === 0);
    expect(uncaught).toEqual([]);
  });
});

const staying: ReadonlySet<Verb> = new Set(["set_deadline", "accommodate", "schedule"]);

describe("1,000 random histories of 50 steps", () => {
  type Jump = { kind: "by"; ms: number } | { kind: "to_due"; off: number };
  const jump: fc.Arbitrary<Jump> = fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant("by" as const), ms: fc.nat(40 * 60_000) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("to_due" as const), off: fc.integer({ min: -1, max: 1 }) }) },
  );
  const asked = fc.record({
    /** Nothing comes after `skip`: where it were as likely as the others, most histories would be over at once. */
    verb: fc.oneof(
      { weight: 30, arbitrary: fc.constantFrom(...verbs.filter((verb) => verb !== "skip")) },
      { weight: 1, arbitrary: fc.constant("skip" as const) },
    ),
    who: fc.constantFrom(...actors),
    /** Two in three are steps that may be taken, half of them steps that lead on, so that histories get somewhere. */
    aim: fc.constantFrom("anything", "possible", "onward"),
    pick: fc.nat(1_000),
    jump,
    /** Before the step, a sign of the candidate. */
    isSeen: fc.boolean(),
    deadlineIn: fc.option(fc.integer({ min: -10 * 60_000, max: 6 * hourMs }), { nil: undefined }),
    inviteIn: fc.option(fc.integer({ min: -10 * 60_000, max: 6 * hourMs }), { nil: null }),
  });
  const history = fc.record({
    rules: fc.record({
      maxInterviewSeconds: fc.integer({ min: 60, max: 10_000 }),
      interruptionGraceSeconds: fc.integer({ min: 0, max: 3_600 }),
      deadlineAppliesTo: fc.constantFrom("start" as const, "finish" as const),
    }),
    opensIn: fc.option(fc.integer({ min: -hourMs, max: 3 * hourMs }), { nil: null }),
    steps: fc.array(asked, { minLength: 50, maxLength: 50 }),
  });
  const reasons = [
    "illegal_step",
    "deadline_needed",
    "deadline_in_past",
    "opens_after_deadline",
    "not_open_yet",
    "no_time_left",
    "invites_in_past",
    "invites_after_deadline",
  ];

  function timeAfter(clock: Date, step: Jump, { dueAt }: State): Date {
    if (step.kind === "by") return new Date(clock.getTime() + step.ms);
    return new Date(Math.max(clock.getTime(), (dueAt ?? clock).getTime() + step.off));
  }

  /** 50,000 steps: a full `expect` for each thing that must hold would take longer than the steps. */
  function must(holds: boolean, what: string): void {
    if (!holds) throw new Error(what);
  }

  /** The status an event log tells of, by the promises alone. */
  function replayed(events: readonly Taken[]): { status: string; previous: string | null; version: number } {
    let status = "new";
    let previous: string | null = null;
    let version = 1;
    for (const { verb, who, before, after } of events) {
      const to = promises.get(`${status} ${verb} ${who}`);
      if (to === undefined) throw new Error(`${verb} by ${who} is not possible from ${status}`);
      must(before.status === status, `${verb} starts where the step before it ended`);
      const reached = to === "previous" ? previous : to;
      if (verb === "expire") previous = status === "interviewing" ? "confirmed" : status;
      else if (!staying.has(verb)) previous = null;
      status = reached ?? "lost";
      version += 1;
      must(after.status === status && after.version === version, `${verb} leads to ${status}, version ${version}`);
    }
    return { status, previous, version };
  }

  /** Whoever asks with a good deadline is accepted exactly where the verb was offered. */
  function offersMatch(state: State, rules: Rules, clock: Date): void {
    const goodDeadline = new Date(
      Math.max(clock.getTime(), state.opensAt?.getTime() ?? 0, state.inviteAt?.getTime() ?? 0) + hourMs,
    );
    for (const who of actors) {
      const accepted = verbs.filter((verb) => {
        const deadline = memberVerbs.includes(verb) ? { deadlineAt: goodDeadline } : {};
        return !(outcome(() => advance(state, rules, { verb, who, now: clock, ...deadline })) instanceof Refused);
      });
      const offered = availableActions(state, who, clock);
      must(`${offered.toSorted()}` === `${accepted.toSorted()}`, `${who} is offered ${offered} and could ${accepted}`);
    }
  }

  test("never leave the table, rise by one version a step, offer what they accept, and replay to their status", () => {
    const reached = new Set<string>();
    fc.assert(
      fc.property(history, ({ rules, opensIn, steps }) => {
        let clock = now;
        let state: State = { ...newborn, opensAt: opensIn === null ? null : at(opensIn) };
        const events: Taken[] = [];
        for (const [index, { verb, who, aim, pick, jump: step, isSeen, deadlineIn, inviteIn }] of steps.entries()) {
          clock = timeAfter(clock, step, state);
          state = { ...state, ...(isSeen ? seen(state, rules, clock) : null) };
          const open = triples.filter(
            (one) =>
              one.from === statusAt(state, clock) &&
              one.verb !== "skip" &&
              promise(one) !== "illegal" &&
              !(aim === "onward" && staying.has(one.verb)),
          );
          const choice = (aim === "anything" ? undefined : open[pick % Math.max(1, open.length)]) ?? { verb, who };
          const deadlineAt = deadlineIn === undefined ? undefined : new Date(clock.getTime() + deadlineIn);
          const inviteAt = inviteIn === null ? null : new Date(clock.getTime() + inviteIn);
          const stood = statusAt(state, clock);
          const taken = outcome(() =>
            advance(state, rules, { verb: choice.verb, who: choice.who, now: clock, deadlineAt, inviteAt }),
          );
          const isPromised = promise({ from: stood, verb: choice.verb, who: choice.who }) !== "illegal";
          if (taken instanceof Refused) {
            must(reasons.includes(taken.reason), taken.reason);
            must((taken.reason === "illegal_step") !== isPromised, `${choice.verb} from ${stood}: ${taken.reason}`);
          } else {
            must(isPromised, `${choice.verb} by ${choice.who} from ${stood} was taken`);
            must(taken.length === (isDue(state, clock) ? 2 : 1), "what time decided is written first");
            events.push(...taken);
            state = taken.at(-1)?.after ?? state;
            must(!isDue(state, clock), "nothing is due right after a step");
            const due = dueOf(state, rules);
            must(
              +(due.dueAt ?? 0) === +(state.dueAt ?? 0) && due.dueVerb === state.dueVerb,
              "what is due is kept up to date",
            );
          }
          if (index % 10 === 0) offersMatch(state, rules, clock);
          reached.add(state.status);
        }
        expect(replayed(events)).toEqual({
          status: state.status,
          previous: state.previousStatus,
          version: state.version,
        });
        const settled = settle(state, rules, at(1_000 * hourMs));
        must(settle(settled?.after ?? state, rules, at(1_000 * hourMs)) === null, "time decides once");
      }),
      { numRuns: 1_000 },
    );
    expect([...reached].toSorted()).toEqual([...statuses].toSorted());
  }, 60_000);
});

describe("time", () => {
  const instant = at(hourMs);
  const ways = [
    { name: "invited, to start by", state: standing("invited"), rules: startBy, to: "expired", back: "invited" },
    { name: "confirmed, to start by", state: standing("confirmed"), rules: startBy, to: "expired", back: "confirmed" },
    {
      name: "invited, to finish by",
      state: standing("invited", {}, finishBy),
      rules: finishBy,
      to: "expired",
      back: "invited",
    },
    {
      name: "interviewing, to finish by",
      state: standing("interviewing", {}, finishBy),
      rules: finishBy,
      to: "expired",
      back: "confirmed",
    },
    {
      name: "interviewing until the time for it is used up",
      state: standing("interviewing", { startedAt: at(hourMs - 7_200_000) }, startBy),
      rules: startBy,
      to: "aborted",
      back: null,
    },
  ] as const;

  for (const { name, state, rules, to, back } of ways) {
    test(`turns ${name} into ${to} at the instant, and not one millisecond before`, () => {
      expect(state.dueAt).toEqual(instant);
      const before = at(hourMs - 1);
      expect(isDue(state, before)).toBe(false);
      expect(statusAt(state, before)).toBe(state.status);
      expect(settle(state, rules, before)).toBeNull();
      for (const when of [instant, at(hourMs + 1)]) {
        expect(statusAt(state, when)).toBe(to);
        expect(previousStatusAt(state, when)).toBe(back);
        const settled = settle(state, rules, when);
        expect(settled?.after).toMatchObject({
          status: to,
          previousStatus: back,
          version: state.version + 1,
          dueAt: null,
          dueVerb: null,
        });
        expect(availableActions(state, "candidate", when)).toEqual([]);
        expect(settle(settled?.after ?? state, rules, when)).toBeNull();
      }
    });
  }

  test("lets a running interview outlive a deadline that is for starting", () => {
    const running = standing("interviewing", { deadlineAt: at(1) });
    expect(statusAt(running, at(2))).toBe("interviewing");
    expect(running.dueVerb).toBe("abort");
  });

  test("expires what would be aborted at the same instant, so that it can be restored", () => {
    const both = standing("interviewing", { startedAt: at(hourMs - 7_200_000) }, finishBy);
    expect(both).toMatchObject({ dueAt: instant, dueVerb: "expire" });
  });

  test("asks for nothing where nothing waits", () => {
    for (const status of ["new", "interviewed", "expired", "aborted", "skipped"] as const) {
      expect(dueOf(standing(status), finishBy)).toEqual({ dueAt: null, dueVerb: null });
    }
  });

  test("brings an interview that expired while it ran back to confirmed, to be started again", () => {
    const running = standing("interviewing", {}, finishBy);
    const [expired, restored] = advance(running, finishBy, {
      verb: "restore",
      who: "member",
      now: instant,
      deadlineAt: at(2 * hourMs),
    });
    expect(expired?.after).toMatchObject({ status: "expired", previousStatus: "confirmed", startedAt: null });
    expect(restored?.after).toMatchObject({
      status: "confirmed",
      previousStatus: null,
      startedAt: null,
      dueAt: at(2 * hourMs),
    });
  });

  test("opens an interview at opensAt to the millisecond", () => {
    const waiting = standing("confirmed", { opensAt: at(1_000) });
    const start = (when: Date) =>
      outcome(() => advance(waiting, startBy, { verb: "start", who: "candidate", now: when }));
    expect(start(at(999))).toMatchObject({ reason: "not_open_yet" });
    expect(availableActions(waiting, "candidate", at(999))).toEqual([]);
    expect(start(at(1_000))).toMatchObject([{ after: { status: "interviewing", startedAt: at(1_000) } }]);
    expect(availableActions(waiting, "candidate", at(1_000))).toEqual(["start"]);
  });

  const bringBacks: { verb: Verb; from: Status; who: ActorKind }[] = [
    { verb: "restore", from: "expired", who: "member" },
    { verb: "reset", from: "aborted", who: "member" },
    { verb: "invite", from: "new", who: "member" },
    { verb: "invite", from: "new", who: "system" },
  ];
  for (const { verb, from, who } of bringBacks) {
    test(`lets ${verb} by ${who} through with a deadline one millisecond ahead, and not with one that is now`, () => {
      const asked = { verb, who, now };
      for (const [set, given, reason] of [
        [null, undefined, "deadline_needed"],
        [at(0), undefined, "deadline_needed"],
        [at(hourMs), at(0), "deadline_in_past"],
        [at(hourMs), at(-1), "deadline_in_past"],
      ] as const) {
        const refused = outcome(() =>
          advance(standing(from, { deadlineAt: set }), startBy, { ...asked, deadlineAt: given }),
        );
        expect(refused).toMatchObject({ reason });
      }
      for (const [set, given] of [
        [at(1), undefined],
        [at(0), at(1)],
        [null, at(1)],
      ] as const) {
        const taken = outcome(() =>
          advance(standing(from, { deadlineAt: set }), startBy, { ...asked, deadlineAt: given }),
        );
        expect(taken).toMatchObject([{ after: { deadlineAt: at(1) } }]);
      }
    });
  }

  test("refuses a deadline before the interview opens", () => {
    const state = standing("invited", { opensAt: at(hourMs) });
    const set = (deadlineAt: Date) =>
      outcome(() => advance(state, startBy, { verb: "set_deadline", who: "member", now, deadlineAt }));
    expect(set(at(hourMs))).toMatchObject({ reason: "opens_after_deadline" });
    expect(set(at(hourMs + 1))).toMatchObject([{ after: { deadlineAt: at(hourMs + 1) } }]);
  });
});
