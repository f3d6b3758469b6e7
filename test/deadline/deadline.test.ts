import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { connect } from "../../db/database.ts";
import { interview, letter } from "../../db/schema/index.ts";
import { all, build, run } from "../../db/statement.ts";
import { deadlineHealth, sweepDeadlines } from "../../src/deadline/actions.ts";
import { lateAfterMs } from "../../src/deadline/policy.ts";
import { createAndInvite } from "../../src/intake/actions.ts";
import { armDeadline, tendInterview } from "../../src/interview/actions.ts";
import { hourMs, minuteMs, after as plus } from "../../src/kernel/clock.ts";
import type { Deps } from "../../src/kernel/deps.ts";
import { type InterviewId, newId } from "../../src/kernel/ids.ts";
import { drainOutbox } from "../../src/letter/actions.ts";
import { Deadline } from "../../src/worker.ts";
import {
  answerAll,
  database,
  givenInterviewing,
  givenInvited,
  givenMember,
  givenOrganization,
  givenProject,
  type House,
  lettersTo,
  newEmail,
  systemDeps,
} from "../support/world.ts";
import { alarmOf, deadline, depsThat, lettersOf, memberScopeOf, noon, rowOf, timerOf, verbsOf } from "./ledger.ts";

let house: House;
let startBy: Awaited<ReturnType<typeof givenProject>>;
let finishBy: typeof startBy;

beforeAll(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: noon });
  house = await givenOrganization();
  startBy = await givenProject(house, { maxInterviewSeconds: 60, reminderHours: [] });
  finishBy = await givenProject(house, {
    ...{ deadlineAppliesTo: "finish", maxInterviewSeconds: 86_400, reminderHours: [] },
  });
});

beforeEach(async () => {
  vi.setSystemTime(noon);
  // What other tests left waiting is not this one's to sweep.
  await database().write([
    run(build.update(interview).set({ dueAt: null, dueVerb: null, remindAt: null, inviteAt: null })),
  ]);
});
afterAll(() => vi.useRealTimers());

const staff = () => house.owner.client.interview;
const memberScope = () => memberScopeOf(house);
const person = () => ({ email: newEmail("candidate"), firstName: "Cleo", lastName: "Candidate" });

const deaf = {
  settleDue: () => Promise.reject(new Error("no timers today")),
  set: () => Promise.reject(new Error("no timers today")),
  drainOutbox: () => Promise.reject(new Error("no timers today")),
  wakeOutbox: () => Promise.reject(new Error("no timers today")),
};

/** Keeps nothing from now on, and in an hour or two gives its storage back as well: not while others ring. */
async function clearsItself(interviewId: InterviewId) {
  const { at, keeps } = await alarmOf(interviewId);
  expect(keeps).toBe(0);
  expect(at).toBeGreaterThanOrEqual(plus(deadline, hourMs).getTime());
  expect(at).toBeLessThanOrEqual(plus(deadline, 2 * hourMs).getTime());
  expect(await runDurableObjectAlarm(timerOf(interviewId))).toBe(true);
  expect(await alarmOf(interviewId)).toEqual({ at: null, keeps: 0 });
  expect(await runDurableObjectAlarm(timerOf(interviewId))).toBe(false);
}

describe("the alarm", () => {
  test("is set to the instant the interview is due once the invitation is written, and says so in the row", async () => {
    const { interview: invited } = await givenInvited(house, startBy, { deadlineAt: deadline });
    expect(await alarmOf(invited.id)).toEqual({ at: deadline.getTime(), keeps: 1 });
    expect(await rowOf(invited.id)).toMatchObject({ dueAt: deadline, dueVerb: "expire", armedFor: deadline });
  });

  test("expires what it was set for, tells the recruiter once, and clears itself", async () => {
    const { interview: invited } = await givenInvited(house, startBy, { deadlineAt: deadline });
    vi.setSystemTime(deadline);
    expect(await runDurableObjectAlarm(timerOf(invited.id))).toBe(true);
    expect(await rowOf(invited.id)).toMatchObject({ status: "expired", previousStatus: "invited", dueAt: null });
    expect(await verbsOf(invited.id)).toEqual(["create", "invite", "expire"]);
    expect((await lettersOf(invited.id, "interview_expired")).map(({ to }) => to)).toEqual([house.owner.email]);
    await clearsItself(invited.id);
  });

  test("aborts an interview whose time is used up", async () => {
    const running = await givenInterviewing(house, startBy, { deadlineAt: deadline });
    const interviewId = running.interview.id;
    expect((await alarmOf(interviewId)).at).toBe(plus(noon, minuteMs).getTime());
    vi.setSystemTime(plus(noon, minuteMs));
    await runDurableObjectAlarm(timerOf(interviewId));
    expect(await rowOf(interviewId)).toMatchObject({ status: "aborted", dueAt: null });
    expect(await lettersOf(interviewId, "interview_expired")).toEqual([]);
  });

  test("follows the deadline when it is moved", async () => {
    const { interview: invited } = await givenInvited(house, startBy, { deadlineAt: deadline });
    const later = plus(deadline, hourMs);
    await staff().setDeadline.mutate({ interviewId: invited.id, deadlineAt: later });
    expect((await alarmOf(invited.id)).at).toBe(later.getTime());
    expect((await rowOf(invited.id)).armedFor).toEqual(later);
  });

  test("that was left at an earlier deadline writes nothing and sets itself to the true one", async () => {
    const { interview: invited } = await givenInvited(house, startBy, { deadlineAt: deadline });
    const later = plus(deadline, hourMs);
    await database().write([
      run(build.update(interview).set({ deadlineAt: later, dueAt: later }).where(eq(interview.id, invited.id))),
    ]);
    vi.setSystemTime(deadline);
    expect(await runDurableObjectAlarm(timerOf(invited.id))).toBe(true);
    expect((await rowOf(invited.id)).status).toBe("invited");
    expect((await alarmOf(invited.id)).at).toBe(later.getTime());
  });

  test("is gone once a finished or skipped interview has nothing to wait for", async () => {
    const finished = await givenInterviewing(house, finishBy);
    await answerAll(finished);
    await finished.client.interview.finish.mutate({ interviewId: finished.interview.id });
    const skipped = await givenInvited(house, startBy);
    await staff().skip.mutate({ interviewId: skipped.interview.id });
    for (const { interview: over } of [finished, skipped]) {
      expect(await alarmOf(over.id)).toEqual({ at: null, keeps: 0 });
    }
  });

  test("ends at the true instant when the timers of two steps are set in the other order", async () => {
    const { interview: invited } = await givenInvited(house, startBy, { deadlineAt: deadline });
    for (const stale of [plus(deadline, hourMs), plus(deadline, -hourMs), null]) {
      await armDeadline(systemDeps(), invited.id, stale);
      expect((await alarmOf(invited.id)).at).toBe(deadline.getTime());
      expect((await rowOf(invited.id)).armedFor).toEqual(deadline);
    }
    await staff().skip.mutate({ interviewId: invited.id });
    await armDeadline(systemDeps(), invited.id, deadline);
    expect(await alarmOf(invited.id)).toEqual({ at: null, keeps: 0 });
  });

  /** The timer as it is, with other deps, and with nobody who would do its work for it. */
  function timerWith(state: DurableObjectState, deps: Partial<Deps>) {
    return new (class extends Deadline {
      protected override deps() {
        const real = super.deps();
        return { ...real, alarms: { ...real.alarms, settleDue: deaf.settleDue }, random: () => 0.5, ...deps };
      }
    })(state, env);
  }

  test("survives a database that is away, waits longer each time, and expires when it is back", async () => {
    const { interview: invited } = await givenInvited(house, startBy, { deadlineAt: deadline });
    vi.setSystemTime(deadline);
    const logged: string[] = [];
    const away = {
      db: connect({ url: "http://nowhere.test", fetch: () => Promise.reject(new TypeError("refused")) }),
      log: (event: string) => void (event === "keeper_missed" || logged.push(event)),
    };
    await runInDurableObject(timerOf(invited.id), async (_, state) => {
      for (const waitMs of [750, 3_000, 12_000]) {
        await timerWith(state, away).alarm();
        expect(await state.storage.getAlarm()).toBe(deadline.getTime() + waitMs);
      }
    });
    expect(logged).toEqual(Array(3).fill("deadline_alarm_failed"));
    expect((await rowOf(invited.id)).status).toBe("invited");
    await runDurableObjectAlarm(timerOf(invited.id));
    expect((await rowOf(invited.id)).status).toBe("expired");
    await clearsItself(invited.id);
  });

  test("does not clear what was set while it was working: who is restored in that moment expires in time again", async () => {
    const { interview: invited } = await givenInvited(house, startBy, { deadlineAt: deadline });
    const later = plus(deadline, hourMs);
    vi.setSystemTime(deadline);
    await runInDurableObject(timerOf(invited.id), async (_, state) => {
      const { db } = systemDeps();
      const slow: typeof db = {
        ...db,
        write: async (sentence) => {
          const written = await db.write(sentence);
          await staff().restore.mutate({ interviewId: invited.id, deadlineAt: later });
          return written;
        },
      };
      await timerWith(state, { db: slow }).alarm();
    });
    expect(await rowOf(invited.id)).toMatchObject({ status: "invited", dueAt: later, armedFor: later });
    expect((await alarmOf(invited.id)).at).toBe(later.getTime());
  });
});

describe("the sweep", () => {
  test("arms what could not be armed; the call that wanted it went through all the same", async () => {
    const { deps, done } = depsThat({ alarms: deaf });
    const input = { projectId: startBy.id, candidate: person(), labels: [], deadlineAt: deadline };
    const { id } = await createAndInvite(deps, memberScope(), input);
    await done();
    expect(await rowOf(id)).toMatchObject({ status: "invited", dueAt: deadline, armedFor: null });
    expect((await alarmOf(id)).at).toBeNull();

    expect(await sweepDeadlines(systemDeps())).toMatchObject({ armed: 1, failed: 0 });
    expect((await rowOf(id)).armedFor).toEqual(deadline);
    expect((await alarmOf(id)).at).toBe(deadline.getTime());
    expect(await sweepDeadlines(systemDeps())).toMatchObject({ armed: 0, failed: 0 });
  });

  test("expires what no alarm did, and counts as late what was found later than a sweep and an alarm may be apart", async () => {
    const late = async () => {
      const { health } = await database().read({ health: deadlineHealth(systemDeps()) });
      return health;
    };
    const { interview: invited } = await givenInvited(house, startBy, { deadlineAt: deadline });
    const { interview: other } = await givenInvited(house, finishBy, { deadlineAt: plus(deadline, 1) });
    const before = await late();
    vi.setSystemTime(plus(deadline, lateAfterMs));
    expect((await late())?.lateNow).toBe(1);
    expect((await sweepDeadlines(systemDeps())).settled).toBe(2);
    for (const { id } of [invited, other]) expect((await rowOf(id)).status).toBe("expired");
    expect(await verbsOf(invited.id)).toEqual(["create", "invite", "expire"]);
    expect(await lettersOf(invited.id, "interview_expired")).toHaveLength(1);
    const now = await late();
    expect((now?.foundLate ?? 0) - (before?.foundLate ?? 0)).toBe(1);
    expect(now?.lateNow).toBe(0);
  });

  test("settles the others when one cannot be settled, and says how many failed", async () => {
    const { interview: invited } = await givenInvited(house, startBy, { deadlineAt: deadline });
    const { interview: stuck } = await givenInvited(house, startBy, { deadlineAt: deadline });
    vi.setSystemTime(deadline);
    const real = systemDeps().db;
    const db: typeof real = {
      ...real,
      write: (sentence) => {
        const isStuck = sentence.some(({ args }) => args.includes(stuck.id));
        return isStuck
          ? connect({ url: "http://nowhere.test", fetch: () => Promise.reject(new TypeError("refused")) }).write(
              sentence,
            )
          : real.write(sentence);
      },
    };
    expect((await sweepDeadlines({ ...systemDeps(), db })).failed).toBe(1);
    expect((await rowOf(invited.id)).status).toBe("expired");
    expect((await rowOf(stuck.id)).status).toBe("invited");
    expect((await sweepDeadlines(systemDeps())).failed).toBe(0);
    expect((await rowOf(stuck.id)).status).toBe("expired");
  });

  test("and 50 others at once write one expiry and one letter", async () => {
    const { interview: invited } = await givenInvited(house, startBy, { deadlineAt: deadline });
    vi.setSystemTime(deadline);
    const due = await Promise.all(Array.from({ length: 50 }, () => tendInterview(systemDeps(), invited.id)));
    expect(new Set(due)).toEqual(new Set([null]));
    expect(await verbsOf(invited.id)).toEqual(["create", "invite", "expire"]);
    expect(await lettersOf(invited.id, "interview_expired")).toHaveLength(1);
  });
});

describe("a crowd that expires together", () => {
  type Project = typeof startBy;

  /** So many invited to a project with one deadline, unless each has its own. */
  async function givenCrowd({ id: projectId }: Project, count: number, deadlineOf = (_nth: number) => deadline) {
    const rows = Array.from({ length: count }, (_, nth) => {
      const candidate = { ...person(), firstName: `Cleo${nth}`, lastName: "Candidate" };
      return { candidate, deadlineAt: deadlineOf(nth) };
    });
    const { results } = await staff().createAndInviteMany.mutate({ projectId, rows });
    return results.flatMap((one) => (one.outcome === "invited" ? [one.interviewId] : []));
  }

  /** What a member was promised about expiries of a project with this name, however far it has come. */
  async function toldTo(email: string, projectName: string) {
    const { letters } = await database().read({
      letters: all(build.select().from(letter).where(eq(letter.to, email)).orderBy(letter.id)),
    });
    return letters.flatMap(({ content, interviewId }) => {
      const isOne = content.kind === "interview_expired" || content.kind === "interviews_expired";
      return isOne && content.projectName === projectName ? [{ content, interviewId }] : [];
    });
  }

  /** The interviews named by these letters, in any order. */
  function namedIn(letters: Awaited<ReturnType<typeof toldTo>>) {
    return letters
      .flatMap(({ content, interviewId }) =>
        content.kind === "interviews_expired" ? content.interviews.map((one) => one.interviewId) : [interviewId],
      )
      .sort();
  }

  const projectNamed = (name: string) => givenProject(house, { name, reminderHours: [] });

  test("of 40 is told to each member once for each project, in a letter that says how many and whom", async () => {
    const [cooks, hosts] = [await projectNamed("Cook"), await projectNamed("Host")];
    const manager = await givenMember(house, "hiring_manager");
    await house.owner.client.project.assignRole.mutate({
      ...{ projectId: cooks.id, memberId: manager.memberId, role: "interview_manager" },
    });
    const ids = await givenCrowd(cooks, 40);
    const [single] = await givenCrowd(hosts, 1);
    vi.setSystemTime(deadline);
    expect(await sweepDeadlines(systemDeps())).toMatchObject({ settled: 41, failed: 0 });
    for (const { email } of [house.owner, manager]) {
      const told = await toldTo(email, "Cook");
      expect(told).toMatchObject([{ interviewId: null, content: { kind: "interviews_expired", count: 40 } }]);
      expect(namedIn(told)).toEqual(ids.toSorted());
    }
    expect(await toldTo(house.owner.email, "Host")).toMatchObject([
      { interviewId: single, content: { kind: "interview_expired", candidateName: "Cleo0 Candidate" } },
    ]);
    expect(await toldTo(manager.email, "Host")).toEqual([]);
    await drainOutbox(systemDeps());
    const mail = (await lettersTo(house.owner.email)).find(({ subject }) => subject.includes("Cook"));
    expect(mail?.subject).toBe("Deadline passed: 40 candidates, Cook");
    expect(mail?.text).toContain("40 candidates did not make the deadline for Cook at House of Tests: Monday, 3 March");
    expect(mail?.text.match(/Cleo\d+ Candidate/g)).toHaveLength(20);
    expect(mail?.text).toContain(" and 20 more.");
  });

  test("is told once, though somebody else was at one of them and it was written in halves", async () => {
    const own = await projectNamed("Waiter");
    const ids = await givenCrowd(own, 7, (nth) => plus(deadline, nth));
    vi.setSystemTime(plus(deadline, hourMs));
    await Promise.all([
      ...Array.from({ length: 4 }, () => sweepDeadlines(systemDeps())),
      ...ids.slice(0, 2).map((id) => tendInterview(systemDeps(), id)),
    ]);
    await sweepDeadlines(systemDeps());
    expect(namedIn(await toldTo(house.owner.email, "Waiter"))).toEqual(ids.toSorted());
  });

  test("expires and is told of in one write: where the letter cannot be written nobody has expired", async () => {
    const own = await projectNamed("Porter");
    const ids = await givenCrowd(own, 3);
    vi.setSystemTime(deadline);
    const countIn = (body: string, words: string) => body.split(words).length - 1;
    const together: (readonly [number, number])[] = [];
    const db = connect({
      url: String(env.DATABASE_URL),
      fetch: (url, init) => {
        const body = String(init?.body);
        together.push([
          countIn(body, 'update \\"interview\\" set \\"status\\"'),
          countIn(body, 'insert into \\"letter\\"'),
        ]);
        return fetch(url, { ...init, body: body.replaceAll('insert into \\"letter\\"', 'insert into \\"nowhere\\"') });
      },
    });
    await sweepDeadlines(systemDeps({ db, pause: () => Promise.resolve() }));
    for (const id of ids) expect((await rowOf(id)).status).toBe("invited");
    expect(await toldTo(house.owner.email, "Porter")).toEqual([]);
    expect(together).toContainEqual([3, 1]);
  });

  test("is seen by recruiters among the letters, and forgets whoever is removed", async () => {
    const own = await projectNamed("Florist");
    const ids = await givenCrowd(own, 3);
    vi.setSystemTime(deadline);
    await sweepDeadlines(systemDeps());
    const recruiter = await givenMember(house, "recruiter");
    const { items } = await recruiter.client.letter.list.query({ size: 20 });
    expect(items.map(({ kind }) => kind)).toContain("interviews_expired");
    await staff().remove.mutate({ interviewId: ids[1] ?? newId("itv") });
    const told = await toldTo(house.owner.email, "Florist");
    expect(namedIn(told)).toEqual([ids[0], ids[2]].toSorted());
    expect(JSON.stringify(told)).not.toContain("Cleo1");
    expect(told).toMatchObject([{ content: { count: 3 } }]);
  });
});
