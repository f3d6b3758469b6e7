// What Postmark tells of our letters, in any order and any number of times.
import type { Statement } from "../../db/statement.ts";

import type { Deps } from "../kernel/deps.ts";
import { Refused } from "../kernel/errors.ts";
import { systemScope } from "../kernel/scope.ts";
import { drainSoon, noteArrival, noteBounce } from "../letter/actions.ts";
import { lettersToStaff, staffToTell } from "../notice/actions.ts";
import type { Report } from "./contract.ts";
import { type Death, deathIn } from "./policy.ts";
import * as store from "./store.ts";

/**
 * Notes on the letter what came of it. When that is the death of a candidate's address: marks it, and tells those who
 * invited, once for each dead address. A letter that nobody knows is nothing to us.
 */
export async function takeReport(deps: Deps, report: Report): Promise<void> {
  try {
    await takeOnce(deps, report);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    // Another report of the same death was quicker: at the second look it is found written, and nobody is told again.
    await takeOnce(deps, report);
  }
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

/** It is news where the address counted as alive until now: whoever writes that tells. Null: it is no candidate's. */
async function deathOf(deps: Deps, { letterId, at }: Report, of: Death) {
  const { about, staff } = await deps.db.read({
    about: store.letterToCandidate(systemScope, letterId),
    staff: staffToTell(store.interviewOfLetter(systemScope, letterId)),
  });
  if (!about) return null;
  const { letter, candidate } = about;
  const { to: email, createdAt: writtenAt } = letter;
  const died = { candidateId: candidate.id, email, writtenAt, of, at };
  const isTheirs = candidate.email === email && (candidate.emailCorrectedAt ?? writtenAt) <= writtenAt;
  const isNews = isTheirs && candidate.emailStatus === "ok";
  if (!isNews) return { isNews, statements: [store.markDead(systemScope, died)] };
  const letters = await lettersToStaff(deps, { kind: "address_dead", address: email, why: of }, about, staff);
  return { isNews, statements: [...store.markFirstDeath(systemScope, died), ...letters] };
}
