// What is shown beside the promises, of the hard parts: by which tests or command, and which saboteur proves them. Pure.
import { type Promised, shown } from "./promises.ts";

/** `command`: what is too long for the suite, as `npm run` knows it; the suite holds it in small. */
export type Proof = Promised & { readonly command?: string };

export const proofs: Readonly<Record<string, Proof>> = {
  evaluation: {
    says: "The status of an evaluation is what an independent model says, in whatever order ratings, evaluators and vetoes came.",
    shownBy: [
      shown(
        "evaluation/model.test.ts",
        "in … random orders of ratings, evaluators, criteria and vetoes the status is the model's after each, and so are the lists by it",
      ),
      shown("evaluation/evaluation.test.ts", "filters the list, for everybody and for oneself"),
    ],
    saboteurs: [
      shown("evaluation/model.test.ts", "saboteur: a list whose filter forgets that a status falls back is found"),
    ],
  },
  time: {
    says: "A deadline holds to the millisecond with every alarm lost, and what is planned always follows it, by the reader's day.",
    shownBy: [
      shown(
        "deadline/virtual-clock.test.ts",
        "at ten thousand random instants at which time is up, with every alarm lost, none is violated by a millisecond",
        "and so it is when the decision was made from what is not so any more: the write asks for the time itself",
        "and what the system does by itself it does at that instant, not a millisecond before",
      ),
      shown(
        "timer/policy.pure.test.ts",
        "in … sequences of steps, moves and changes the plan is the model's, and so is what is sent; none by night, for an old time or after the end",
      ),
      shown(
        "timer/sequences.test.ts",
        "in … random histories what is stored, which alarm is set and which reminders are promised are the model's",
      ),
      shown("interview/guards.test.ts", "what was decided in time and is written too late is not written:"),
    ],
    saboteurs: [
      shown(
        "deadline/virtual-clock.test.ts",
        "saboteur: %s by a clock two milliseconds slow, or by a write that does not ask for the time, is found",
      ),
      shown("timer/policy.pure.test.ts", "saboteur: who $fault is found"),
      shown("timer/sequences.test.ts", "saboteur: a step that leaves the reminder as it was is found"),
    ],
  },
  chaos: {
    says: "Whatever is killed or cut off at whatever instant, nothing is half-written, nothing acknowledged is lost, and every letter arrives.",
    shownBy: [
      shown(
        "system/chaos.system.test.ts",
        "… kills of the Worker and the database: nothing half-written, lost, doubled or left waiting",
      ),
    ],
    saboteurs: [
      shown(
        "system/chaos.system.test.ts",
        "saboteur: an invitation written in two parts, and a letter that goes out again once it was delivered, are both named",
      ),
      shown(
        "chaos/judge.pure.test.ts",
        "saboteur: a step that is not whole is named",
        "saboteur: what was acknowledged and is gone is named",
        "saboteur: what is left lying is named",
        "saboteur: a letter that went out twice though no answer was lost is named",
        "saboteur: one that was promised and never delivered, or only said to be, is named",
      ),
    ],
    command: "chaos",
  },
  lateness: {
    says: "Thousands of deadlines at once are written down within seconds, without alarms within a sweep or two, and soon after an outage.",
    shownBy: [
      shown(
        "system/lateness.system.test.ts",
        "of … deadlines within three seconds 99 of 100 are stored expired within two more, by their alarms alone",
        "with every alarm lost the sweep that comes every minute stores each within ninety seconds",
        "after deadlines passed without a database, each is stored within sixty seconds of its return",
      ),
    ],
    saboteurs: [
      shown(
        "system/lateness.system.test.ts",
        "saboteur: with every alarm lost and no sweep nothing is stored, after the database's return neither, and each measure says so",
        "saboteur: a sweep that takes on too few is over its bound, and the measure says so",
      ),
    ],
    command: "lateness",
  },
  scanners: {
    says: "Whatever a mail scanner does to a link, the person it was for still gets in and nothing has been decided for them.",
    shownBy: [
      shown(
        "identity/scanners.test.ts",
        "HEAD, GET, five GETs at once and the button pressed: … of … invited people still get in, and no status has changed",
        "what asks for something before its button does anything survives whatever buttons machines have pressed",
      ),
      shown("identity/links.test.ts", "opening a link, by whatever and however often, changes nothing at all"),
    ],
    saboteurs: [
      shown("identity/scanners.test.ts", "saboteur: a machine that confirms for people is seen by what has changed"),
    ],
    command: "scanners",
  },
  junk: {
    says: "Whatever is sent is answered with a typed refusal, what is too much before any work is done, and nothing stays behind of it.",
    shownBy: [
      shown(
        "walks/junk.test.ts",
        "junk anywhere in a right input is answered with a typed refusal",
        "text that is no input at all is answered with a typed refusal",
        "one byte, one call or an address too long, and not one byte less: $path",
      ),
      shown("system/worker.system.test.ts", "a body that never ends, %s, is refused long before that"),
      shown("regression/no-text-taken.test.ts", "%j is no password"),
    ],
    saboteurs: [shown("walks/junk.test.ts", "saboteur: %s is named", "saboteur: another property of %s is found")],
  },
  leaks: {
    says: "Nothing that people type and nobody's address is in a log, in an answer that went wrong, or in another organization's.",
    shownBy: [
      shown(
        "walks/leaks.test.ts",
        "nothing of anybody's is told by a log or by a call that goes wrong",
        "promise 3: no answer holds a word that another organization was told by any procedure",
        "nor by anything that is answered beside the API",
        "nor by what the system does on its own",
      ),
      shown("regression/errors-on-the-console.test.ts", "what leaves a Durable Object is the name of what went wrong"),
      shown("db/database.pure.test.ts", "what a failure says never repeats names or values", "nor where they stand %s"),
    ],
    saboteurs: [
      shown("walks/leaks.test.ts", "saboteur: %s is named"),
      shown("walks/cross-organization.test.ts", "saboteur: a line with a name or an address in it is caught"),
    ],
  },
  speed: {
    says: "Lists go by an index, whatever is listed, and cost little more than the same SQL from a Worker that does nothing else.",
    shownBy: [
      shown(
        "walks/plans.test.ts",
        "walks through no table",
        "a list in every order, from the beginning and after a cursor, as it is and by each filter",
      ),
      shown(
        "listing/cost.test.ts",
        "a page reads no more of a large organization than of a small one, first or later, in any order",
      ),
      shown(
        "cabinet/cost.test.ts",
        "a page reads no more of a large organization than of a small one, first or later, by whatever is looked at",
      ),
      shown(
        "record/cost.test.ts",
        "a page reads no more of a large organization than of a small one, by whatever is looked at",
        "nor does the total that is told with it, by %s",
      ),
    ],
    saboteurs: [
      shown(
        "walks/plans.test.ts",
        "saboteur: a list in an order without an index is found, and one that walks to its place",
        "saboteur: a statement that walks through a table is found",
      ),
      shown("listing/cost.test.ts", "saboteurs: what reads more the more there are is seen"),
      shown("cabinet/cost.test.ts", "saboteur: a walk without an end is seen"),
      shown(
        "record/cost.test.ts",
        "saboteur: a walk without an end is seen",
        "saboteur: a total that looks at all of many is seen",
      ),
    ],
    command: "bench",
  },
};
