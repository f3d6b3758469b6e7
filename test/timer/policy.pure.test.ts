import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { newborn, type State, type Verb, verbs } from "../../src/interview/machine.ts";
import { hourMs, after as plus } from "../../src/kernel/clock.ts";
import {
  byDay,
  isNight,
  kept as keptAs,
  nextReminder,
  planTimers,
  type ReminderRules,
  reminderAt,
  type Timer,
} from "../../src/timer/policy.ts";
import { type History, histories, isDark, model, played, type Reminding, setForward, type World } from "./model.ts";

const sequences = 10_000;
const lengthMax = 14;

const engine: Reminding = {
  plan: ({ state, rules, now }) => planTimers(state, rules, now),
  next: ({ state, rules, now }) => nextReminder(state, rules, now),
  due: ({ state, rules, now }, kept) => reminderAt({ ...state, ...keptAs(kept) }, rules, now),
  replans: () => true,
};

/** What is wrong with a history as it is played by this: where it is not the model's, and whom it reminds who must not be. */
function wrongs(history: History, reminding: Reminding, models = played(history, model)): string[] {
  const own = played(history, reminding);
  const first = own.told.findIndex((seen, nth) => seen !== models.told[nth]);
  const times = ({ sent }: typeof own) => sent.map(({ at }) => at.toISOString()).join();
  return [
    ...(first < 0 ? [] : [`${own.told[first]}, not ${models.told[first]}`]),
    ...(times(own) === times(models) ? [] : [`sent at ${times(own)}, not at ${times(models)}`]),
    ...own.sent.flatMap(({ at, world: { state, rules } }) => [
      ...(isDark(at, rules.timeZone) ? [`reminded by night, at ${at.toISOString()} in ${rules.timeZone}`] : []),
      ...(state.deadlineAt === null || at >= state.deadlineAt ? ["reminded after the deadline"] : []),
      ...(state.status === "invited" || state.status === "confirmed" ? [] : [`reminded while ${state.status}`]),
    ]),
  ];
}

/** At the offset its zone has at the deadline, whatever it has until then. */
function fixedZone({ state: { deadlineAt }, rules: { timeZone } }: World): string {
  const shown = new Intl.DateTimeFormat("en", { timeZone, timeZoneName: "longOffset" }).format(deadlineAt ?? 0);
  return /[+-]\d\d:\d\d/.exec(shown)?.[0] ?? "UTC";
}

const seenIn = (world: World, over: Partial<World["rules"]>): World => ({
  ...world,
  rules: { ...world.rules, ...over },
});
/** Plans as if the zone were this one. */
const planningIn = (zoneOf: (world: World) => string): Reminding => ({
  ...engine,
  plan: (world) => engine.plan(seenIn(world, { timeZone: zoneOf(world) })),
  next: (world) => engine.next(seenIn(world, { timeZone: zoneOf(world) })),
});

const saboteurs: readonly { readonly fault: string; readonly reminding: Reminding }[] = [
  {
    fault: "sleeps through no night",
    reminding: {
      ...engine,
      next: ({ state, rules, now }) => {
        const { deadlineAt, status } = state;
        if (deadlineAt === null || (status !== "invited" && status !== "confirmed")) return null;
        const marks = rules.reminderHours.map((hours) => ({ hours, at: plus(deadlineAt, -hours * hourMs) }));
        return marks.filter(({ at }) => at > now).sort((a, b) => a.at.getTime() - b.at.getTime())[0] ?? null;
      },
    },
  },
  {
    fault: "reminds whoever has begun",
    reminding: { ...engine, next: (world) => engine.next({ ...world, state: { ...world.state, status: "invited" } }) },
  },
  { fault: "goes by the clock of UTC", reminding: planningIn(() => "UTC") },
  {
    fault: "takes summer for winter: the offset of the deadline for all days before",
    reminding: planningIn(fixedZone),
  },
  {
    fault: "keeps the old reminder when the deadline moves",
    reminding: { ...engine, replans: (verb: Verb) => verb !== "set_deadline" },
  },
  {
    fault: "drops what comes up by night",
    reminding: {
      ...engine,
      due: (world, kept) =>
        isNight(world.now, world.rules.timeZone)
          ? { isSent: false, next: engine.next(world) }
          : engine.due(world, kept),
    },
  },
  {
    fault: "sends what comes up by night",
    reminding: { ...engine, due: (world, kept) => ({ ...engine.due(world, kept), isSent: true }) },
  },
  {
    fault: "sends what the project does not ask for any more",
    reminding: {
      ...engine,
      due: (world, kept) =>
        engine.due(seenIn(world, { reminderHours: [...world.rules.reminderHours, kept.hours] }), kept),
    },
  },
  {
    fault: "reminds once and never again",
    reminding: { ...engine, due: (world, kept) => ({ ...engine.due(world, kept), next: null }) },
  },
  {
    fault: "reminds twice",
    reminding: {
      ...engine,
      due: (world, kept) => {
        const { isSent, next } = engine.due(world, kept);
        return { isSent, next: isSent ? { ...kept, at: plus(world.now, hourMs) } : next };
      },
    },
  },
  {
    fault: "tells only of the first reminder",
    reminding: {
      ...engine,
      plan: (world) => {
        const timers = engine.plan(world);
        return timers.filter(({ intention }, nth) => intention !== "remind" || nth === 0);
      },
    },
  },
  ...(["invite", "expire", "abort"] as const).map((late) => ({
    fault: `tells of ${late} an hour late`,
    reminding: {
      ...engine,
      plan: (world: World) =>
        engine.plan(world).map((one) => (one.intention === late ? { ...one, at: plus(one.at, hourMs) } : one)),
    },
  })),
];

describe("reminders over whole histories", () => {
  test(`in ${sequences} sequences of steps, moves and changes the plan is the model's, and so is what is sent; none by night, for an old time or after the end`, {
    timeout: 120_000,
  }, () => {
    const met = { sent: 0, putOff: 0, passedOver: 0, crossedForward: 0, crossedBack: 0 };
    // What the system does by itself is no step of anybody's.
    const taken = new Map<Verb, number>(verbs.filter((verb) => verb !== "expire").map((verb) => [verb, 0]));
    fc.assert(
      fc.property(histories(lengthMax), (history) => {
        const play = played(history, model);
        expect(wrongs(history, engine, play)).toEqual([]);
        for (const verb of play.taken) taken.set(verb, (taken.get(verb) ?? 0) + 1);
        met.sent += play.sent.length;
        met.putOff += play.putOff;
        met.passedOver += play.passedOver;
        for (const { at, world } of play.sent) {
          const forward = setForward(world.rules.timeZone, at, world.state.deadlineAt ?? at);
          if (forward > 0) met.crossedForward += 1;
          if (forward < 0) met.crossedBack += 1;
        }
      }),
      { numRuns: sequences },
    );
    // Nothing of it is rare: the histories are worth something.
    expect(met.sent).toBeGreaterThan(sequences / 4);
    for (const [what, count] of [...Object.entries(met), ...taken]) expect(count, what).toBeGreaterThan(100);
  });

  test.each(saboteurs)("saboteur: who $fault is found", ({ reminding }) => {
    const caught = fc.check(
      fc.property(histories(lengthMax), (history) => wrongs(history, reminding).length === 0),
      { numRuns: 2_000, endOnFailure: true },
    );
    expect(caught.failed).toBe(true);
  });
});

const invited = (deadlineAt: Date, over: Partial<State> = {}): State => ({
  ...newborn,
  ...{ status: "invited", version: 2, deadlineAt, dueAt: deadlineAt, dueVerb: "expire" },
  ...over,
});
const amsterdam: ReminderRules = { reminderHours: [72, 24, 2], timeZone: "Europe/Amsterdam" };
const told = (timers: readonly Timer[]) => timers.map(({ intention, at }) => `${intention} ${at.toISOString()}`);

describe("a plan", () => {
  test("reminds 72, 24 and 2 hours before the deadline, and then comes the deadline", () => {
    const timers = planTimers(invited(new Date("2031-05-08T15:00:00Z")), amsterdam, new Date("2031-05-01T12:00:00Z"));
    expect(told(timers)).toEqual([
      "remind 2031-05-05T15:00:00.000Z",
      "remind 2031-05-07T15:00:00.000Z",
      "remind 2031-05-08T13:00:00.000Z",
      "expire 2031-05-08T15:00:00.000Z",
    ]);
  });

  test("leaves out what is over, and what would come before the interview opens", () => {
    const opensAt = new Date("2031-05-08T00:00:00Z");
    const state = invited(new Date("2031-05-08T15:00:00Z"), { opensAt });
    const timers = planTimers(state, amsterdam, new Date("2031-05-06T12:00:00Z"));
    expect(told(timers)).toEqual(["remind 2031-05-08T13:00:00.000Z", "expire 2031-05-08T15:00:00.000Z"]);
  });

  test("holds the end of what is running and no reminder", () => {
    const dueAt = new Date("2031-05-01T14:00:00Z");
    const running = invited(new Date("2031-05-08T15:00:00Z"), { status: "interviewing", dueAt, dueVerb: "abort" });
    expect(told(planTimers(running, amsterdam, new Date("2031-05-01T12:00:00Z")))).toEqual([
      "abort 2031-05-01T14:00:00.000Z",
    ]);
  });

  test("is empty for what is over", () => {
    const over = invited(new Date("2031-05-08T15:00:00Z"), { status: "interviewed", dueAt: null, dueVerb: null });
    expect(planTimers(over, amsterdam, new Date("2031-05-01T12:00:00Z"))).toEqual([]);
  });
});

describe("out of the night", () => {
  test.each([
    // 05:00 in Amsterdam: the morning leaves two hours.
    { at: "2031-05-08T03:00:00Z", deadline: "2031-05-08T08:00:00Z", day: "2031-05-08T06:00:00.000Z" },
    // 06:30: the morning would leave half an hour, so the evening before.
    { at: "2031-05-08T04:30:00Z", deadline: "2031-05-08T06:30:00Z", day: "2031-05-07T18:00:00.000Z" },
    // The night in which the clock goes forward, and the one in which it goes back.
    { at: "2031-03-29T22:30:40Z", deadline: "2031-04-01T00:00:00Z", day: "2031-03-30T06:00:00.000Z" },
    { at: "2031-10-25T22:30:40Z", deadline: "2031-10-28T00:00:00Z", day: "2031-10-26T07:00:00.000Z" },
    // 20:59 is no night, 21:00 is.
    { at: "2031-05-08T18:59:59Z", deadline: "2031-05-10T00:00:00Z", day: "2031-05-08T18:59:59.000Z" },
    { at: "2031-05-08T19:00:00Z", deadline: "2031-05-10T00:00:00Z", day: "2031-05-09T06:00:00.000Z" },
  ])("$at goes to $day", ({ at, deadline, day }) => {
    expect(byDay(new Date(at), new Date(deadline), "Europe/Amsterdam").toISOString()).toBe(day);
  });

  test("a zone that nobody knows is read as UTC", () => {
    const night = new Date("2031-05-08T03:00:00Z");
    expect(byDay(night, plus(night, 72 * hourMs), "Atlantis/Harbour").toISOString()).toBe("2031-05-08T08:00:00.000Z");
  });
});
