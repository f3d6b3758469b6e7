// What Postmark tells of our letters, in any order and any number of times.
import type { Statement } from "../../db/statement.ts";
import { oneByOne } from "../integrity/actions.ts";
import type { Deps } from "../kernel/deps.ts";
import { systemScope } from "../kernel/scope.ts";
import { drainSoon, noteArrival, noteBounce } from "../letter/actions.ts";
import { lettersOfDeath as lettersOfMeetingsDeath, staffOfMeeting } from "../meeting-notice/actions.ts";
import { lettersToStaff, staffToTell } from "../notice/actions.ts";
import { lettersOfDeath, staffOfRefcheck } from "../refcheck-notice/actions.ts";
import { referenceUnreachable } from "../reference/actions.ts";
import type { Report } from "./contract.ts";
import { type Death, deathIn } from "./policy.ts";
import * as store from "./store.ts";

/**
 * Notes on the letter what came of it. When that is the death of a candidate's address: marks it, and tells those who
 * invited, once for each dead address. A letter that nobody knows is nothing to us.
 */
export async function takeReport(deps: Deps, report: Report): Promise<void> {
  // Another report of the same death was quicker: at the second look it is found written, and nobody is told again.
  await oneByOne(() => takeOnce(deps, report));
}

async function takeOnce(deps: Deps, report: Report): Promise<void> {
  const of = deathIn(report);
  const death = of === null ? null : await deathOf(deps, report, of);
  await deps.db.write([...noteOf(deps, report), ...(death?.statements ?? [])]);
  if (death?.isNews) drainSoon(deps);
}

function noteOf(deps: Deps, report: Report): Statement<unknown>[] {
  const now = deps.now();
  switch (report.kind) {
    case "arrived":
      return noteArrival(systemScope, report.letterId, report.at, now);
    case "came_back":
      return noteBounce(systemScope, report.letterId, report, now);
    case "refused":
      return [];
  }
}

/** It is news where the address counted as alive until now: whoever writes that tells. Null: it is nobody's whom we would tell of. */
async function deathOf(deps: Deps, { letterId, at }: Report, of: Death) {
  const { about, asked, ...told } = await deps.db.read({
    about: store.letterToCandidate(systemScope, letterId),
    asked: store.letterToReference(systemScope, letterId),
    staff: staffToTell(store.interviewOfLetter(systemScope, letterId)),
    recruiters: staffOfRefcheck(store.refcheckOfLetter(systemScope, letterId)),
    hosts: staffOfMeeting(store.meetingOfLetter(systemScope, letterId)),
  });
  if (asked) return { isNews: true, statements: await referenceUnreachable(deps, asked.referenceId, asked.to, of) };
  if (!about) return null;
  const { letter, candidate } = about;
  const { to: email, createdAt: writtenAt } = letter;
  const died = { candidateId: candidate.id, email, writtenAt, of, at };
  const isTheirs = candidate.email === email && (candidate.emailCorrectedAt ?? writtenAt) <= writtenAt;
  const isNews = isTheirs && candidate.emailStatus === "ok";
  if (!isNews) return { isNews, statements: [store.markDead(systemScope, died)] };
  const what = { kind: "address_dead", address: email, why: of } as const;
  const letters = await toldOf(deps, what, about, told);
  return { isNews, statements: [...store.markFirstDeath(systemScope, died), ...letters] };
}

type About = NonNullable<ReturnType<ReturnType<typeof store.letterToCandidate>["read"]>>;
type Staff = Parameters<typeof lettersToStaff>[3];
type Told = { readonly staff: Staff; readonly recruiters: Staff; readonly hosts: Staff };

/** Who invited to the interview, made the refcheck, or scheduled the meeting that the letter was about. */
async function toldOf(
  deps: Deps,
  what: Parameters<typeof lettersToStaff>[1] & { readonly kind: "address_dead" },
  { letter, candidate, organization, organizationId, subject: name }: About,
  { staff, recruiters, hosts }: Told,
): Promise<Statement<unknown>[]> {
  const { interviewId: id, refcheckId, meetingId } = letter;
  if (id !== null) {
    return lettersToStaff(
      deps,
      what,
      { interview: { id, organizationId }, candidate, project: { name }, organization },
      staff,
    );
  }
  if (meetingId !== null) {
    const held = { meetingId, title: name, organizationId, candidate, organization };
    return lettersOfMeetingsDeath(deps, what, held, hosts);
  }
  if (refcheckId === null) return [];
  return lettersOfDeath(
    deps,
    what,
    { refcheckId, organizationId, candidate, roleTitle: name, organization },
    recruiters,
  );
}
