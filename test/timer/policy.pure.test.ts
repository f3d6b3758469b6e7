import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { advance, newborn, type Rules, type State, settle, type Verb } from "../../src/interview/machine.ts";
import { after, hourMs, minuteMs, secondMs } from "../../src/kernel/clock.ts";
import { Refused } from "../../src/kernel/errors.ts";
import { byDay, nextReminder, planTimers, type ReminderRules, reminderAt, type Timer } from "../../src/timer/policy.ts";

const sequences = 10_000;

/** Both ways across the change, on both sides of the equator, half-hour and quarter-hour zones, and none of it. */
const zones = [
  "Europe/Amsterdam",
  "America/New_York",
  "Australia/Lord_Howe",
  "Asia/Kathmandu",
  "Asia/Tokyo",
  "America/St_Johns",
  "Pacific/Chatham",
  "UTC",
] as const;

// What follows is said apart from the code it checks: clocks are read as text, minute by minute.

const clocks = new Map(
  zones.map((timeZone) => [timeZone, new Intl.DateTimeFormat("sv-SE", { timeZone, timeStyle: "short" })]),
);
const clockAt = (instant: Date, timeZone: string) =>
  clocks.get(timeZone as (typeof zones)[number])?.format(instant) ?? "";
const isDark = (instant: Date, timeZone: string) => {
  const shown = clockAt(instant, timeZone);
  return shown >= "21:00" || shown < "08:00";
};

/** Every zone's clock differs from every other's by whole quarters. */
const quarterMs = 15 * minuteMs;

type Told = ReminderRules & Rules;
type World = { state: State; rules: Told; now: Date };

/** The reminders there should be, by walking from each hour mark through the night a quarter of an hour at a time. */
function remindersDue({ state, rules, now }: World): number[] {
  const { status, deadlineAt, opensAt } = state;
  if (deadlineAt === null || deadlineAt <= now || (status !== "invited" && status !== "confirmed")) return [];
  const times = rules.reminderHours.map((hours) => {
    const mark = after(deadlineAt, -hours * hourMs);
    if (!isDark(mark, rules.timeZone)) return mark.getTime();
    let morning = Math.ceil(mark.getTime() / quarterMs) * quarterMs;
    while (clockAt(new Date(morning), rules.timeZone) !== "08:00") morning += quarterMs;
    if (morning + hourMs <= deadlineAt.getTime()) return morning;
    let evening = Math.floor(mark.getTime() / quarterMs) * quarterMs;
    while (clockAt(new Date(evening), rules.timeZone) !== "20:00") evening -= quarterMs;
    return evening;
  });
  const inTime = times.filter((time) => time > now.getTime() && time >= (opensAt?.getTime() ?? 0));
  return [...new Set(inTime)].filter((time) => time < deadlineAt.getTime()).sort((a, b) => a - b);
}

const rulesArb: fc.Arbitrary<Told> = fc.record({
  maxInterviewSeconds: fc.constantFrom(60, 7_200),
  interruptionGraceSeconds: fc.constantFrom(0, 3_600),
  deadlineAppliesTo: fc.constantFrom("start" as const, "finish" as const),
  reminderHours: fc.oneof(fc.constant([72, 24, 2]), fc.uniqueArray(fc.integer({ min: 1, max: 100 }), { maxLength: 3 })),
  timeZone: fc.constantFrom(...zones),
});

/** Within days of the changes of summer time, north and south, in 2031. */
const startArb = fc
  .record({
    near: fc.constantFrom("2031-03-30", "2031-10-26", "2031-03-09", "2031-11-02", "2031-04-06", "2031-10-05"),
    off: fc.integer({ min: -4 * 24 * 60, max: 60 }),
    seconds: fc.nat(59),
  })
  .map(({ near, off, seconds }) => after(new Date(`${near}T00:00:00.000Z`), off * minuteMs + seconds * secondMs));

type Happening =
  | { readonly kind: "step"; readonly verb: Verb; readonly who: "member" | "candidate"; readonly aheadMinutes: number }
  | { readonly kind: "pass"; readonly minutes: number }
  | { readonly kind: "move"; readonly timeZone: string };

const aheadMinutes = fc.integer({ min: 1, max: 6 * 24 * 60 });
const step = (verb: Verb, who: "member" | "candidate") =>
  aheadMinutes.map((ahead): Happening => ({ kind: "step", verb, who, aheadMinutes: ahead }));
const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 3, arbitrary: step("set_deadline", "member") },
  { weight: 2, arbitrary: step("restore", "member") },
  { weight: 1, arbitrary: step("reset", "member") },
  { weight: 1, arbitrary: step("skip", "member") },
  { weight: 1, arbitrary: step("confirm", "candidate") },
  { weight: 1, arbitrary: step("start", "candidate") },
  { weight: 1, arbitrary: step("finish", "candidate") },
  {
    weight: 8,
    arbitrary: fc.integer({ min: 1, max: 30 * 60 }).map((minutes): Happening => ({ kind: "pass", minutes })),
  },
  { weight: 1, arbitrary: fc.constantFrom(...zones).map((timeZone): Happening => ({ kind: "move", timeZone })) },
);

const deadlineVerbs: ReadonlySet<Verb> = new Set(["set_deadline", "restore", "reset", "invite"]);

function stepped(world: World, { verb, who, aheadMinutes: ahead }: Happening & { kind: "step" }): World {
  const deadlineAt = deadlineVerbs.has(verb) ? after(world.now, ahead * minuteMs) : undefined;
  try {
    const taken = advance(world.state, world.rules, { verb, who, now: world.now, deadlineAt });
    return { ...world, state: taken.at(-1)?.after ?? world.state };
  } catch (error) {
    if (error instanceof Refused) return world;
    throw error;
  }
}

type Sent = { readonly at: Date; readonly world: World };
type Planner = (state: State, rules: Told, now: Date) => Timer[];

/** Plays one history as the engine does: the next reminder is kept from step to step, alarms come on time or late. */
function played(start: World, happenings: readonly Happening[], lateMs: number, plan: Planner) {
  let world = stepped(start, { kind: "step", verb: "invite", who: "member", aheadMinutes: 5 * 24 * 60 });
  let kept = nextReminder(plan(world.state, world.rules, world.now));
  const sent: Sent[] = [];
  const wrong: string[] = [];
  const note = (what: string) => wrong.push(`${what} at ${world.now.toISOString()} in ${world.rules.timeZone}`);
  for (const one of happenings) {
    if (one.kind === "move") {
      // Somebody who travels: what is planned stays until it comes up.
      world = { ...world, rules: { ...world.rules, timeZone: one.timeZone } };
      continue;
    }
    if (one.kind === "step") {
      const before = world.state;
      world = stepped(world, one);
      if (world.state === before) continue;
      kept = nextReminder(plan(world.state, world.rules, world.now));
      if ((kept?.getTime() ?? null) !== (remindersDue(world)[0] ?? null))
        note(`after ${one.verb} the plan is not the model's`);
      continue;
    }
    const until = after(world.now, one.minutes * minuteMs);
    for (let guard = 0; kept !== null && after(kept, lateMs) <= until && guard < 50; guard += 1) {
      world = { ...world, now: new Date(Math.max(world.now.getTime(), after(kept, lateMs).getTime())) };
      const due = settle(world.state, world.rules, world.now);
      if (due !== null) {
        world = { ...world, state: due.after };
        kept = nextReminder(plan(world.state, world.rules, world.now));
        continue;
      }
      const { isSent, next } = reminderAt(world.state, world.rules, world.now);
      if (isSent) sent.push({ at: world.now, world });
      if (next !== null && next <= world.now) note("the next reminder is in the past");
      kept = next;
    }
    world = { ...world, now: until };
    const due = settle(world.state, world.rules, world.now);
    if (due !== null) {
      world = { ...world, state: due.after };
      kept = nextReminder(plan(world.state, world.rules, world.now));
      if (kept !== null) note("there is a reminder after the end");
    }
  }
  for (const { at, world: then } of sent) {
    const { status, deadlineAt } = then.state;
    if (isDark(at, then.rules.timeZone)) wrong.push(`reminded by night, at ${clockAt(at, then.rules.timeZone)}`);
    if (deadlineAt === null || at >= deadlineAt) wrong.push("reminded after the deadline");
    if (status !== "invited" && status !== "confirmed") wrong.push(`reminded while ${status}`);
  }
  return { sent, wrong };
}

const history = fc.record({
  now: startArb,
  rules: rulesArb,
  happenings: fc.array(happening, { minLength: 1, maxLength: 14 }),
  lateMs: fc.constantFrom(0, 0, 0, 20 * secondMs, 9 * hourMs),
});

describe("reminders over whole histories", () => {
  test(`in ${sequences} sequences of moves, restores and finishes the plan is the model's; none by night, for an old time or after the end`, () => {
    let sent = 0;
    fc.assert(
      fc.property(history, ({ now, rules, happenings, lateMs }) => {
        const told = played({ state: newborn, rules, now }, happenings, lateMs, planTimers);
        sent += told.sent.length;
        expect(told.wrong).toEqual([]);
      }),
      { numRuns: sequences },
    );
    expect(sent).toBeGreaterThan(sequences / 4);
  });

  test.each([
    {
      fault: "sleeps through no night",
      plan: (({ deadlineAt, dueAt }, { reminderHours }, now) => {
        const times = reminderHours.map((hours) => after(deadlineAt ?? now, -hours * hourMs));
        const ahead = times.filter((at) => dueAt !== null && at > now).sort((a, b) => +a - +b);
        return ahead.map((at) => ({ intention: "remind", at }));
      }) satisfies Planner as Planner,
    },
    {
      fault: "reminds whoever has begun",
      plan: ((state, rules, now) =>
        planTimers({ ...state, status: "invited" }, rules, now)) satisfies Planner as Planner,
    },
    {
      fault: "plans by the clock of UTC",
      plan: ((state, rules, now) => planTimers(state, { ...rules, timeZone: "UTC" }, now)) satisfies Planner as Planner,
    },
  ])("the check sees a plan that $fault", ({ plan }) => {
    const caught = fc.check(
      fc.property(history, ({ now, rules, happenings, lateMs }) => {
        expect(played({ state: newborn, rules, now }, happenings, lateMs, plan).wrong).toEqual([]);
      }),
      { numRuns: 500 },
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
    expect(byDay(night, after(night, 72 * hourMs), "Atlantis/Harbour").toISOString()).toBe("2031-05-08T08:00:00.000Z");
  });
});
