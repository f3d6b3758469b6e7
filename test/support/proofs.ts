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
        "in … random orders of ratings, evaluators, criteria and vetoes the status is the model's after each",
      ),
      shown("evaluation/evaluation.test.ts", "filters the list, for everybody and for oneself"),
    ],
    // The same test counts how often a status that was stored when it was reached would be wrong.
    saboteurs: [
      shown(
        "evaluation/model.test.ts",
        "in … random orders of ratings, evaluators, criteria and vetoes the status is the model's after each",
      ),
    ],
  },
  time: {
    says: "A deadline holds to the millisecond with every alarm lost, and what is planned always follows it, by the reader's day.",
    shownBy: [
      shown(
        "deadline/virtual-clock.test.ts",
        "of … deadlines, with every alarm lost, none is violated by a millisecond",
        "and what the system does by itself it does at the deadline, not a millisecond before",
      ),
      shown(
        "timer/policy.pure.test.ts",
        "in … sequences of moves, restores and finishes the plan is the model's; none by night, for an old time or after the end",
      ),
    ],
    saboteurs: [
      shown(
        "deadline/virtual-clock.test.ts",
        "saboteur: a step whose clock is two milliseconds slow is taken late, and found",
      ),
      shown("timer/policy.pure.test.ts", "reminders over whole histories"),
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
        "chaos/judge.pure.test.ts",
        "saboteur: a step that is not whole is named",
        "saboteur: what was acknowledged and is gone is named",
        "saboteur: a deadline that nobody wrote down is named",
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
        "of … deadlines within two seconds 99 of 100 are stored expired within two more, by their alarms alone",
        "a sweep that began while the database was away stores all of it soon after its return",
      ),
    ],
    saboteurs: [
      shown(
        "system/lateness.system.test.ts",
        "saboteur: with every alarm lost nothing is stored, and the watch says so; one sweep stores all of it",
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
    shownBy: [shown("walks/plans.test.ts", "walks through no table")],
    saboteurs: [shown("walks/plans.test.ts", "saboteur: a statement that walks through a table is found")],
    command: "bench",
  },
};
