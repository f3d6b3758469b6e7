// Histories of interviews whose timers are left to themselves, and what should come of them: said apart from the code it checks.
// Clocks are read as text, a quarter of an hour at a time.
import fc from "fast-check";
import {
  advance,
  newborn,
  type Rules,
  type State,
  settle,
  type Taken,
  type Verb,
} from "../../src/interview/machine.ts";
import { dayMs, hourMs, minuteMs, after as plus, secondMs } from "../../src/kernel/clock.ts";
import { Refused } from "../../src/kernel/errors.ts";
import type { Reminder, ReminderRules, Timer } from "../../src/timer/policy.ts";

/** Both ways across the change, on both sides of the equator, half-hour and quarter-hour zones, and none of it. */
export const zones = [
  "Europe/Amsterdam",
  "America/New_York",
  "Australia/Lord_Howe",
  "Asia/Kathmandu",
  "Asia/Tokyo",
  "America/St_Johns",
  "Pacific/Chatham",
  "UTC",
] as const;

/** Every zone's clock differs from every other's by whole quarters. */
const quarterMs = 15 * minuteMs;
const quarterOf = (time: number) => Math.floor(time / quarterMs) * quarterMs;

type Clock = { readonly form: Intl.DateTimeFormat; readonly shown: Map<number, string> };
const clocks = new Map<string, Clock>();

function clockIn(timeZone: string): Clock {
  const known = clocks.get(timeZone);
  if (known) return known;
  const clock = { form: new Intl.DateTimeFormat("sv-SE", { timeZone, timeStyle: "short" }), shown: new Map() };
  clocks.set(timeZone, clock);
  return clock;
}

/** What a clock in this zone showed at the last quarter: `20:45`. */
export function clockAt(time: number, timeZone: string): string {
  const { form, shown } = clockIn(timeZone);
  const quarter = quarterOf(time);
  const text = shown.get(quarter) ?? form.format(quarter);
  shown.set(quarter, text);
  return text;
}

export function isDark(instant: Date, timeZone: string): boolean {
  const text = clockAt(instant.getTime(), timeZone);
  return text >= "21:00" || text < "08:00";
}

function walkedTo(text: string, from: number, byMs: number, timeZone: string): Date {
  let time = from;
  while (clockAt(time, timeZone) !== text) time += byMs;
  return new Date(time);
}

const morningAfter = (instant: Date, timeZone: string) =>
  walkedTo("08:00", quarterOf(instant.getTime()), quarterMs, timeZone);

/** Minutes that the clock of this zone is set forward between two instants; negative: back. */
export function setForward(timeZone: string, from: Date, to: Date): number {
  const aheadOfUtc = (instant: Date) => {
    const [hour = 0, minute = 0] = clockAt(instant.getTime(), timeZone).split(":").map(Number);
    return hour * 60 + minute - ((quarterOf(instant.getTime()) / minuteMs) % 1_440);
  };
  return ((aheadOfUtc(to) - aheadOfUtc(from) + 3 * 720) % 1_440) - 720;
}

export type Told = ReminderRules & Rules;
/** An interview, what holds for it now, what its project says for everybody, and what time it is. */
export type World = { readonly state: State; readonly rules: Told; readonly common: Rules; readonly now: Date };

/** When each of the project's hours comes up, were it only for the reader's night. */
function marksOf({ state: { deadlineAt }, rules }: World): Reminder[] {
  if (deadlineAt === null) return [];
  return rules.reminderHours.map((hours) => {
    const mark = plus(deadlineAt, -hours * hourMs);
    if (!isDark(mark, rules.timeZone)) return { hours, at: mark };
    const morning = morningAfter(mark, rules.timeZone);
    if (plus(morning, hourMs) <= deadlineAt) return { hours, at: morning };
    return { hours, at: walkedTo("20:00", quarterOf(mark.getTime()), -quarterMs, rules.timeZone) };
  });
}

/** The reminders there should be from now on. Of two at one instant it is the later one of the project's hours. */
function remindersDue(world: World): Reminder[] {
  const { status, deadlineAt, opensAt, inviteAt } = world.state;
  const waits = inviteAt === null && (status === "invited" || status === "confirmed");
  if (!waits || deadlineAt === null || deadlineAt <= world.now) return [];
  const inTime = marksOf(world).filter(({ at }) => at > world.now && at < deadlineAt && (!opensAt || at >= opensAt));
  return inTime
    .filter(({ at }, nth) => !inTime.slice(nth + 1).some((later) => later.at.getTime() === at.getTime()))
    .sort((a, b) => a.at.getTime() - b.at.getTime());
}

/** How it ends by itself: at its deadline, or while it runs at the first of the ends it has. */
function endDue({ state, rules }: World): Timer | null {
  const { status, deadlineAt, startedAt, seenAt } = state;
  const expire = deadlineAt && { intention: "expire" as const, at: deadlineAt };
  if (status === "invited" || status === "confirmed") return expire;
  if (status !== "interviewing" || startedAt === null) return null;
  const silentMs = (75 + rules.interruptionGraceSeconds) * secondMs;
  const ends: readonly Timer[] = [
    ...(expire && rules.deadlineAppliesTo === "finish" ? [expire] : []),
    { intention: "abort", at: plus(startedAt, rules.maxInterviewSeconds * secondMs) },
    { intention: "abort", at: plus(seenAt ?? startedAt, silentMs) },
  ];
  return ends.reduce((first, one) => (one.at < first.at ? one : first));
}

/** All that is to come by itself, soonest first. */
function timersDue(world: World): Timer[] {
  const { inviteAt } = world.state;
  if (inviteAt !== null) return [{ intention: "invite", at: inviteAt }];
  const end = endDue(world);
  return [...remindersDue(world).map(({ at }): Timer => ({ intention: "remind", at })), ...(end ? [end] : [])];
}

/** What plans, keeps and sends reminders: the code, the model, or somebody who does it wrongly. */
export type Reminding = {
  readonly plan: (world: World) => readonly Timer[];
  readonly next: (world: World) => Reminder | null;
  readonly due: (world: World, kept: Reminder) => { readonly isSent: boolean; readonly next: Reminder | null };
  /** Whether a step plans anew. */
  readonly replans: (verb: Verb) => boolean;
};

export const model: Reminding = {
  plan: timersDue,
  next: (world) => remindersDue(world)[0] ?? null,
  due(world, kept) {
    const { now, rules, state } = world;
    const planned = remindersDue(world)[0] ?? null;
    const isAsked = marksOf(world).some(({ hours, at }) => hours === kept.hours || at.getTime() === kept.at.getTime());
    if (!isAsked || !isDark(now, rules.timeZone)) return { isSent: isAsked, next: planned };
    const morning = morningAfter(now, rules.timeZone);
    const isUseful = state.deadlineAt !== null && plus(morning, hourMs) <= state.deadlineAt;
    const isSooner = planned === null || morning < planned.at;
    return { isSent: false, next: isUseful && isSooner ? { ...kept, at: morning } : planned };
  },
  replans: () => true,
};

// Histories.

export type Happening =
  | { readonly kind: "step"; readonly verb: Verb; readonly aheadMinutes: number }
  | { readonly kind: "pass"; readonly minutes: number }
  | { readonly kind: "move"; readonly timeZone: string }
  | { readonly kind: "hours"; readonly reminderHours: readonly number[] };
export type History = {
  readonly now: Date;
  readonly opensAfterMinutes: number | null;
  readonly rules: Told;
  /** How much later than planned alarms come. */
  readonly lateMs: number;
  readonly happenings: readonly Happening[];
};

const hoursArb = fc.oneof(
  fc.constant([72, 24, 2]),
  fc.uniqueArray(fc.integer({ min: 1, max: 100 }), { maxLength: 3 }).map((hours) => hours.sort((a, b) => b - a)),
);
const zoneArb = fc.constantFrom(...zones);
type Step = Happening & { readonly kind: "step" };
const step = (verb: Verb): fc.Arbitrary<Step> =>
  fc.integer({ min: 1, max: 6 * 24 * 60 }).map((aheadMinutes) => ({ kind: "step", verb, aheadMinutes }));
const pass = (max: number) => fc.integer({ min: 1, max }).map((minutes): Happening => ({ kind: "pass", minutes }));
/** A candidate comes, goes through with it or not, and may be let in once more. */
const visit = fc.tuple(
  step("confirm"),
  step("start"),
  fc.oneof(step("finish"), step("abort"), pass(90)),
  fc.oneof(step("reset"), pass(90)),
);
const happening: fc.Arbitrary<readonly Happening[]> = fc.oneof(
  { weight: 3, arbitrary: visit },
  ...(
    [
      [1, step("invite")],
      [1, step("schedule")],
      [6, step("set_deadline")],
      [4, step("restore")],
      [1, step("skip")],
      [2, step("confirm")],
      [2, step("accommodate")],
      [24, pass(30 * 60)],
      [3, zoneArb.map((timeZone): Happening => ({ kind: "move", timeZone }))],
      [3, hoursArb.map((reminderHours): Happening => ({ kind: "hours", reminderHours }))],
    ] as const
  ).map(([weight, arbitrary]) => ({ weight, arbitrary: fc.tuple<Happening[]>(arbitrary) })),
);

/** The days in 2031 on which the clock of a zone is changed; of the others any. */
const changes: Readonly<Partial<Record<string, readonly string[]>>> = {
  "Europe/Amsterdam": ["2031-03-30", "2031-10-26"],
  "America/New_York": ["2031-03-09", "2031-11-02"],
  "America/St_Johns": ["2031-03-09", "2031-11-02"],
  "Australia/Lord_Howe": ["2031-04-06", "2031-10-05"],
  "Pacific/Chatham": ["2031-04-06", "2031-09-28"],
};

/** Within days before the clock is changed. */
const startIn = (timeZone: string) =>
  fc
    .record({
      near: fc.constantFrom(...(changes[timeZone] ?? ["2031-06-01"])),
      off: fc.integer({ min: -4 * 24 * 60, max: 60 }),
      seconds: fc.nat(59),
    })
    .map(({ near, off, seconds }) => plus(new Date(`${near}T00:00:00.000Z`), off * minuteMs + seconds * secondMs));

/** Histories that go on from where an interview is invited, now or later. */
export const histories = (maxLength: number): fc.Arbitrary<History> =>
  zoneArb.chain((timeZone) =>
    fc.record({
      now: startIn(timeZone),
      opensAfterMinutes: fc.option(fc.integer({ min: 1, max: 2 * 24 * 60 }), { freq: 4 }),
      rules: fc.record({
        maxInterviewSeconds: fc.constantFrom(60, 7_200),
        interruptionGraceSeconds: fc.constantFrom(0, 3_600),
        deadlineAppliesTo: fc.constantFrom("start" as const, "finish" as const),
        reminderHours: hoursArb,
        timeZone: fc.constant(timeZone),
      }),
      lateMs: fc.constantFrom(0, 0, 0, 20 * secondMs, 9 * hourMs),
      happenings: fc
        .tuple(
          fc.oneof({ weight: 4, arbitrary: step("invite") }, { weight: 1, arbitrary: step("schedule") }),
          fc.array(happening, { minLength: 4, maxLength }),
        )
        .map(([first, others]) => [first, ...others.flat()].slice(0, maxLength)),
    }),
  );

/** Without one of its own an interview has this long. */
export const periodMs = 5 * dayMs;

/** What is made easier, from next to nothing to twice the time. */
export const easedBy = (aheadMinutes: number) => ({
  timeMultiplier: 1 + (aheadMinutes % 3) / 2,
  extraTakes: 0,
  extraGraceSeconds: (aheadMinutes % 2) * 600,
});

const candidates: ReadonlySet<Verb> = new Set(["confirm", "start", "finish", "abort"]);
const takesDeadline: ReadonlySet<Verb> = new Set(["set_deadline", "restore", "reset"]);

function refusable(steps: () => readonly Taken[]): State | null {
  try {
    return steps().at(-1)?.after ?? null;
  } catch (error) {
    if (error instanceof Refused) return null;
    throw error;
  }
}

function invitedAt({ state, rules, now }: World, who: "member" | "system"): State | null {
  const from = state.opensAt !== null && state.opensAt > now ? state.opensAt : now;
  const deadlineAt = state.deadlineAt ?? plus(from, periodMs);
  return refusable(() => advance({ ...state, deadlineAt }, rules, { verb: "invite", who, now }));
}

/** The world after a step; the same one when the step is refused. */
function stepped(world: World, { verb, aheadMinutes }: Step): World {
  const { now, common } = world;
  const ahead = plus(now, aheadMinutes * minuteMs);
  const { timeMultiplier, extraGraceSeconds } = easedBy(aheadMinutes);
  const eased = {
    maxInterviewSeconds: common.maxInterviewSeconds * timeMultiplier,
    interruptionGraceSeconds: common.interruptionGraceSeconds + extraGraceSeconds,
  };
  const rules = verb === "accommodate" ? { ...world.rules, ...eased } : world.rules;
  const asked = {
    ...{ verb, now, who: candidates.has(verb) ? ("candidate" as const) : ("member" as const) },
    deadlineAt: takesDeadline.has(verb) ? ahead : undefined,
    inviteAt: verb === "schedule" ? ahead : undefined,
  };
  const reached = verb === "invite" ? invitedAt(world, "member") : refusable(() => advance(world.state, rules, asked));
  return reached === null ? world : { ...world, rules, state: reached };
}

type Sent = { readonly at: Date; readonly world: World };
/** How far a history has come, and what there is to tell of it. */
export type Play = {
  readonly world: World;
  readonly kept: Reminder | null;
  readonly sent: readonly Sent[];
  /** When the system looked in the last happening, by its alarm or because somebody else did. */
  readonly rings: readonly Date[];
  /** The steps that were taken. */
  readonly taken: readonly Verb[];
  readonly told: readonly string[];
  readonly putOff: number;
  readonly passedOver: number;
};

export function begun({ now, opensAfterMinutes, rules }: History): Play {
  const opensAt = opensAfterMinutes === null ? null : plus(now, opensAfterMinutes * minuteMs);
  const { maxInterviewSeconds, interruptionGraceSeconds, deadlineAppliesTo } = rules;
  const common = { maxInterviewSeconds, interruptionGraceSeconds, deadlineAppliesTo };
  const world = { state: { ...newborn, opensAt }, rules, common, now };
  return { world, kept: null, sent: [], rings: [], taken: [], told: [], putOff: 0, passedOver: 0 };
}

/** Once there is another deadline, or none to wait for, what was kept is forgotten; a reminder that is kept stands in some plan. */
function keeping(play: Play, kept: Reminder | null): Play {
  const { now, rules } = play.world;
  const at = kept?.at.getTime();
  const isOfAPlan = () => remindersDue(play.world).some((one) => one.at.getTime() === at);
  const isMorning = () => isDark(now, rules.timeZone) && at === morningAfter(now, rules.timeZone).getTime();
  if (kept === null || isOfAPlan() || isMorning()) return { ...play, kept };
  return { ...play, kept, told: [...play.told, `${at} is kept, and stands in no plan`] };
}

const ringsMax = 60;

/** The system looks: what is due it does, soonest first. */
function rung(play: Play, reminding: Reminding): Play {
  const { world, kept } = play;
  const rings = [...play.rings, world.now];
  const settled = settle(world.state, world.rules, world.now);
  const reach = (state: State) => {
    const reached = { ...world, state };
    return keeping({ ...play, rings, world: reached }, reminding.next(reached));
  };
  if (settled !== null) return reach(settled.after);
  if (world.state.inviteAt !== null) {
    const dropped = { verb: "schedule", who: "system", now: world.now, inviteAt: null } as const;
    const invited = invitedAt(world, "system") ?? refusable(() => advance(world.state, world.rules, dropped));
    return reach(invited ?? world.state);
  }
  if (kept === null) return { ...play, rings };
  const { isSent, next } = reminding.due(world, kept);
  const isPutOff = !isSent && next?.hours === kept.hours;
  return keeping(
    {
      ...{ ...play, rings },
      sent: isSent ? [...play.sent, { at: world.now, world }] : play.sent,
      putOff: play.putOff + (isPutOff ? 1 : 0),
      passedOver: play.passedOver + (isSent || isPutOff ? 0 : 1),
    },
    next,
  );
}

function passed(from: Play, minutes: number, lateMs: number, reminding: Reminding): Play {
  const until = plus(from.world.now, minutes * minuteMs);
  let play: Play = { ...from, rings: [] };
  const at = (now: Date): Play => ({ ...play, world: { ...play.world, now } });
  while (play.rings.length < ringsMax) {
    const wakeAt = play.world.state.inviteAt ?? play.kept?.at ?? null;
    const ring = wakeAt && new Date(Math.max(play.world.now.getTime(), wakeAt.getTime() + lateMs));
    if (ring === null || ring > until) break;
    play = rung(at(ring), reminding);
  }
  play = at(until);
  // Somebody looks, as they do sooner or later.
  return settle(play.world.state, play.world.rules, until) === null ? play : rung(play, reminding);
}

function next(play: Play, one: Happening, lateMs: number, reminding: Reminding): Play {
  const { world } = play;
  switch (one.kind) {
    case "pass":
      return passed(play, one.minutes, lateMs, reminding);
    case "move":
      // Somebody who travels: what is planned stays until it comes up.
      return {
        ...play,
        rings: [],

        world: { ...world, rules: { ...world.rules, timeZone: one.timeZone } },
      };
    case "hours": {
      const rules = { ...world.rules, reminderHours: one.reminderHours };
      return { ...play, rings: [], world: { ...world, rules } };
    }
    case "step": {
      const reached = stepped(world, one);
      if (reached === world) return { ...play, rings: [] };
      const after = { ...play, rings: [], taken: [...play.taken, one.verb], world: reached };
      return reminding.replans(one.verb) ? keeping(after, reminding.next(reached)) : after;
    }
  }
}

/** What happens next, and what can be seen of it. */
export function happened(play: Play, one: Happening, lateMs: number, reminding: Reminding): Play {
  const after = next(play, one, lateMs, reminding);
  const { world, kept, sent } = after;
  const plan = reminding.plan(world).map(({ intention, at }) => `${intention} ${at.getTime()}`);
  const seen = `${world.state.status} at ${world.now.getTime()}: ${plan}; keeps ${kept?.at.getTime()}; sent ${sent.length}`;
  return { ...after, told: [...after.told, seen] };
}

export function played(history: History, reminding: Reminding): Play {
  return history.happenings.reduce((play, one) => happened(play, one, history.lateMs, reminding), begun(history));
}
