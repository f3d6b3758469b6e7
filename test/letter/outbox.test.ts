import { runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { sql } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { connect, type Database } from "../../db/database.ts";
import { letter } from "../../db/schema/index.ts";
import { build, raw, run, type Statement } from "../../db/statement.ts";
import { issueLink } from "../../src/identity/actions.ts";
import { tendInterview } from "../../src/interview/actions.ts";
import { dayMs, after as later, minuteMs } from "../../src/kernel/clock.ts";
import { newId } from "../../src/kernel/ids.ts";
import { sealer } from "../../src/kernel/secret.ts";
import { drainOutbox, drainSoon, type LetterToWrite, outboxHealth } from "../../src/letter/actions.ts";
import { attemptsMax, batchSizeMax, concurrencyMax, leaseMs, roundsMax } from "../../src/letter/policy.ts";
import { claimDueLetters, nextDueAt } from "../../src/letter/store.ts";
import {
  anteroom,
  database,
  givenInvited,
  givenMember,
  givenOrganization,
  givenProject,
  lettersTo,
  type Member,
  refusalOf,
  systemDeps,
  tripsOf,
} from "../support/world.ts";
import { type Answer, fakePostmark } from "./fake-postmark.ts";
import {
  drainer,
  gate,
  givenInterview,
  givenLetter,
  givenLetters,
  held,
  invitation,
  noon,
  pass,
  rowTo,
} from "./outbox-world.ts";

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: noon });
  await database().write([run(build.delete(letter))]);
});

afterEach(() => {
  vi.useRealTimers();
});

describe("many drainers at once", () => {
  test("deliver each letter exactly once", async () => {
    const drainers = 12;
    await givenLetters(30);
    const { postman, taken, violations } = fakePostmark();
    const { opened, open } = gate();
    let claims = 0;
    const db = database();
    // Nothing is delivered before everyone has made their claim, so nobody is saved by being late.
    const write: Database["write"] = async (sentence) => {
      const results = await db.write(sentence);
      claims += 1;
      if (claims === drainers) open();
      return results;
    };
    const { deps } = drainer(held(postman, opened), { db: { ...db, write } });
    await Promise.all(Array.from({ length: drainers }, () => drainOutbox(deps)));
    expect(taken.map((message) => message.Metadata.letter).sort()).toHaveLength(30);
    expect(new Set(taken.map((message) => message.Metadata.letter)).size).toBe(30);
    expect(violations).toEqual([]);
  });

  test("would send twice if a lease ended as soon as it was taken (saboteur)", async () => {
    await givenLetter();
    const { postman, taken } = fakePostmark();
    const { opened, open } = gate();
    let arrivals = 0;
    const endless = String(noon.getTime() + leaseMs);
    const db = connect({
      url: String(env.DATABASE_URL),
      fetch: (url, init) =>
        fetch(url, { ...init, body: String(init?.body).replaceAll(endless, String(noon.getTime())) }),
    });
    const onArrival = () => {
      arrivals += 1;
      if (arrivals === 2) open();
    };
    const { deps } = drainer(held(postman, opened, onArrival), { db });
    await Promise.all([drainOutbox(deps), drainOutbox(deps)]);
    expect(taken).toHaveLength(2);
    expect(taken[0]?.Metadata).toEqual(taken[1]?.Metadata);
  });

  test("a drainer that dies holds its letters only until its lease ends, and the id stays", async () => {
    const { to } = await givenLetter();
    const { postman, taken } = fakePostmark();
    const db = database();
    let writes = 0;
    const write: Database["write"] = async (sentence) => {
      writes += 1;
      if (writes === 2) throw new Error("killed before it could write down the delivery");
      return db.write(sentence);
    };
    await expect(drainOutbox(drainer(postman, { db: { ...db, write } }).deps)).rejects.toThrow("killed");
    const other = drainer(postman);
    expect(await drainOutbox(other.deps)).toEqual(later(noon, leaseMs));
    expect(other.woken).toEqual([later(noon, leaseMs)]);
    expect(taken).toHaveLength(1);
    pass(leaseMs);
    expect(await drainOutbox(drainer(postman).deps)).toBeNull();
    expect(taken.map((message) => message.Metadata.letter)).toEqual([(await rowTo(to)).id, (await rowTo(to)).id]);
    expect((await rowTo(to)).status).toBe("delivered");
  });

  test("a late answer to a drainer whose lease has lapsed undoes nothing of the next one's", async () => {
    const { to } = await givenLetter();
    const slow = { answered: gate(), arrived: gate() };
    const late = held(fakePostmark(() => "busy_429").postman, slow.answered.opened, slow.arrived.open);
    const lapsed = drainOutbox(drainer(late).deps);
    await slow.arrived.opened;
    pass(leaseMs);
    const second = { answered: gate(), arrived: gate() };
    const { postman, taken } = fakePostmark();
    const next = drainOutbox(drainer(held(postman, second.answered.opened, second.arrived.open)).deps);
    await second.arrived.opened;
    slow.answered.open();
    await lapsed;
    expect(await rowTo(to)).toMatchObject({
      status: "waiting",
      leasedUntil: later(noon, 2 * leaseMs),
      lastError: null,
    });
    second.answered.open();
    await next;
    expect(await rowTo(to)).toMatchObject({ status: "delivered", attempts: 2 });
    expect(taken).toHaveLength(1);
  });

  test("a letter that kills whoever drains it runs out of tries as well", async () => {
    const { to } = await givenLetter();
    const db = database();
    for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
      let writes = 0;
      const write: Database["write"] = async (sentence) => {
        writes += 1;
        if (writes === 2) throw new Error("killed");
        return db.write(sentence);
      };
      await expect(drainOutbox(drainer(fakePostmark().postman, { db: { ...db, write } }).deps)).rejects.toThrow();
      pass(leaseMs);
    }
    const { postman, taken } = fakePostmark();
    await drainOutbox(drainer(postman).deps);
    expect(taken).toEqual([]);
    expect(await rowTo(to)).toMatchObject({ status: "failed", lastError: expect.stringContaining("never answered") });
  });

  test("one drainer opens few connections, sends two batches at most, and asks to be woken for the rest", async () => {
    await givenLetters(batchSizeMax * roundsMax + 3);
    const { postman, taken, busiest } = fakePostmark();
    const { deps, woken } = drainer(postman);
    expect(await drainOutbox(deps)).toEqual(noon);
    expect(taken).toHaveLength(batchSizeMax * roundsMax);
    expect(busiest()).toBeLessThanOrEqual(concurrencyMax);
    expect(woken).toEqual([noon]);
    expect(await drainOutbox(deps)).toBeNull();
    expect(taken).toHaveLength(batchSizeMax * roundsMax + 3);
  });
});

describe("a delivered letter", () => {
  test("says who, what, where and when, and is told apart by our id", async () => {
    const { to, token } = await givenLetter({ senderName: 'Evil"; <boss@bank.example>' });
    const { postman, taken, violations } = fakePostmark();
    await drainOutbox(drainer(postman).deps);
    const [message] = taken;
    expect(violations).toEqual([]);
    expect(message).toMatchObject({
      To: to,
      From: '"Evil boss bank.example" <letters@anteroom.test>',
      Subject: "House of Tests invites you to an interview: Engine room",
      Metadata: { letter: (await rowTo(to)).id },
    });
    expect(message?.TextBody).toContain(`https://jobs.example.com/auth/link/${token}/?next=%2Fstart`);
    expect(message?.TextBody).toContain("at 14:30 Central European Standard Time (Europe/Amsterdam)");
  });

  test("leaves no token behind, and never had one in the clear", async () => {
    const { to, token } = await givenLetter();
    const waiting = await rowTo(to);
    expect(waiting.sealedToken).not.toBeNull();
    expect(JSON.stringify(waiting)).not.toContain(token);
    await drainOutbox(drainer(fakePostmark().postman).deps);
    const delivered = await rowTo(to);
    expect(delivered).toMatchObject({
      status: "delivered",
      sealedToken: null,
      deliveredAt: noon,
      nextAttemptAt: null,
      leasedUntil: null,
      attempts: 1,
    });
    expect(JSON.stringify(delivered)).not.toContain(token);
  });
});

describe("a letter that did not get through", () => {
  test("goes again under the same id when the answer was lost on its way", async () => {
    const answers: Answer[] = ["dropped_after", "ok"];
    const { to } = await givenLetter();
    const { postman, taken } = fakePostmark(() => answers.shift() ?? "ok");
    const { deps, woken } = drainer(postman);
    const next = await drainOutbox(deps);
    expect(await rowTo(to)).toMatchObject({ status: "waiting", attempts: 1, leasedUntil: null, nextAttemptAt: next });
    expect(next && next > noon && next <= later(noon, 1_000)).toBe(true);
    expect(woken).toEqual([next]);
    pass(1_000);
    expect(await drainOutbox(deps)).toBeNull();
    expect(await rowTo(to)).toMatchObject({ status: "delivered", attempts: 2, lastError: null });
    expect(new Set(taken.map((message) => message.Metadata.letter))).toEqual(new Set([(await rowTo(to)).id]));
  });

  test.each<Answer>(["busy_429", "broken_500", "html_502", "portal_200", "bad_token_401", "dropped_before"])(
    "waits for another try after %s, and fails visibly when all tries are used",
    async (answer) => {
      const { to } = await givenLetter();
      const { postman, taken } = fakePostmark(() => answer);
      const { deps } = drainer(postman);
      for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
        const { nextAttemptAt } = await rowTo(to);
        if (nextAttemptAt) vi.setSystemTime(nextAttemptAt);
        await drainOutbox(deps);
        expect(await rowTo(to)).toMatchObject({
          attempts: attempt,
          status: attempt < attemptsMax ? "waiting" : "failed",
          lastError: expect.stringMatching(/Postmark/),
        });
      }
      const failed = await rowTo(to);
      expect(failed.failedAt).toEqual(new Date());
      expect(failed.sealedToken).not.toBeNull();
      expect(Date.now() - noon.getTime()).toBeLessThan(dayMs + 60 * minuteMs);
      expect(taken).toEqual([]);
      expect(await drainOutbox(deps)).toBeNull();
    },
  );

  test.each<Answer>(["inactive_406", "invalid_300"])("fails at once after %s", async (answer) => {
    const { to } = await givenLetter();
    await drainOutbox(drainer(fakePostmark(() => answer).postman).deps);
    expect(await rowTo(to)).toMatchObject({ status: "failed", attempts: 1, failedAt: noon });
  });

  test("holds up no other", async () => {
    const { to: bad } = await givenLetter();
    const { to: unwritable } = await givenLetter({ content: { ...invitation, deadlineAt: "no instant" } });
    const { to: good } = await givenLetter();
    await drainOutbox(drainer(fakePostmark(({ To }) => (To === bad ? "dropped_before" : "ok")).postman).deps);
    expect((await rowTo(bad)).status).toBe("waiting");
    expect((await rowTo(unwritable)).lastError).toContain("RangeError");
    expect((await rowTo(good)).status).toBe("delivered");
  });

  test("says so when the secret its link was sealed with is gone", async () => {
    const { to } = await givenLetter({}, systemDeps({ sealer: sealer(["a secret that nobody has any more, 123456"]) }));
    const { postman, taken } = fakePostmark();
    await drainOutbox(drainer(postman).deps);
    expect(await rowTo(to)).toMatchObject({ status: "failed", lastError: expect.stringContaining("secret") });
    expect(taken).toEqual([]);
  });

  test("is not sent when its link has run out meanwhile", async () => {
    const { to } = await givenLetter({
      content: { kind: "sign_in", link: { frontend: "https://a.test", next: null } },
    });
    pass(10 * minuteMs);
    const { postman, taken } = fakePostmark();
    await drainOutbox(drainer(postman).deps);
    expect(await rowTo(to)).toMatchObject({ status: "failed", lastError: expect.stringContaining("ran out") });
    expect(taken).toEqual([]);
  });
});

describe("somebody who was passed over", () => {
  test("gets no letter, not even one that was promised before", async () => {
    const { organization } = await givenOrganization();
    const organizationId = organization.id;
    const skipped = await givenLetter({
      organizationId,
      interviewId: await givenInterview(organizationId, "skipped"),
    });
    const invited = await givenLetter({
      organizationId,
      interviewId: await givenInterview(organizationId, "invited"),
    });
    const { postman, taken } = fakePostmark();
    await drainOutbox(drainer(postman).deps);
    expect(taken.map((message) => message.To)).toEqual([invited.to]);
    expect(await rowTo(skipped.to)).toMatchObject({ status: "withdrawn", sealedToken: null, nextAttemptAt: null });
  });
});

test("a letter whose link was replaced is not sent, one that failed before included", async () => {
  const { deps } = drainer(fakePostmark(() => "invalid_300").postman);
  const link = () => issueLink(deps, { purpose: "sign_in", email: "a@example.com", expiresAt: null });
  const [failing, replaced, kept] = [link(), link(), link()];
  await database().write([failing.statement, replaced.statement, kept.statement]);
  const { to: failed } = await givenLetter({ linkId: failing.linkId });
  await drainOutbox(deps);
  const { to: waiting } = await givenLetter({ linkId: replaced.linkId });
  const { to: other } = await givenLetter({ linkId: kept.linkId });
  const now = Date.now();
  await database().write([
    raw(sql`update link set revoked_at = ${now} where id in (${failing.linkId}, ${replaced.linkId})`, () => undefined),
    raw(
      sql`update letter set status = 'waiting', next_attempt_at = ${now} where to_email = ${failed}`,
      () => undefined,
    ),
  ]);
  const { postman, taken } = fakePostmark();
  await drainOutbox(drainer(postman).deps);
  expect(taken.map((message) => message.To)).toEqual([other]);
  expect(await rowTo(failed)).toMatchObject({ status: "withdrawn", sealedToken: null });
  expect(await rowTo(waiting)).toMatchObject({ status: "withdrawn", sealedToken: null });
});

test("a sign-in letter goes out before any number of others that were due earlier", async () => {
  await givenLetters(batchSizeMax + 5);
  const content = { kind: "password_reset" as const, link: { frontend: "https://a.test", next: null } };
  const urgent = await givenLetter({ content });
  const { postman, taken } = fakePostmark();
  await drainOutbox(drainer(postman).deps);
  expect(taken.slice(0, batchSizeMax).map((message) => message.To)).toContain(urgent.to);
  expect(taken).toHaveLength(batchSizeMax + 6);
});

describe("an organization's letters", () => {
  test("are seen by its recruiters, page by page, without what they say", async () => {
    const { organization, owner } = await givenOrganization();
    const interviewId = newId("itv");
    const letters: LetterToWrite[] = [];
    for (let count = 0; count < 5; count += 1) {
      letters.push(await givenLetter({ organizationId: organization.id, interviewId }));
    }
    await givenLetter({ organizationId: newId("org"), interviewId });
    await drainOutbox(drainer(fakePostmark(({ To }) => (To === letters[2]?.to ? "inactive_406" : "ok")).postman).deps);

    const page = await owner.client.letter.list.query({ size: 3 });
    const rest = await owner.client.letter.list.query({ size: 3, cursor: page.nextCursor ?? "" });
    expect([...page.items, ...rest.items].map(({ to }) => to)).toEqual(letters.map(({ to }) => to).reverse());
    expect(rest.nextCursor).toBeNull();

    const failed = await owner.client.letter.list.query({ status: "failed" });
    expect(failed.items).toEqual([
      {
        id: (await rowTo(letters[2]?.to ?? "")).id,
        kind: "interview_invitation",
        to: letters[2]?.to,
        status: "failed",
        attempts: 1,
        lastError: "Postmark: You tried to send to an inactive recipient.",
        interviewId,
        refcheckId: null,
        offerId: null,
        meetingId: null,
        createdAt: noon,
        deliveredAt: null,
        failedAt: noon,
        arrivedAt: null,
        bounce: null,
        bounceType: null,
        bouncedAt: null,
      },
    ]);
  });

  test("of one interview are for whoever manages its project, reminders and all; without one they are for recruiters", async () => {
    const house = await givenOrganization();
    const project = await givenProject(house);
    const manager = await givenMember(house, "hiring_manager");
    const evaluator = await givenMember(house, "hiring_manager");
    const elsewhere = await givenMember(house, "hiring_manager");
    const assign = (memberId: `mem_${string}`, role: "interview_manager" | "evaluator", projectId = project.id) =>
      house.owner.client.project.assignRole.mutate({ projectId, memberId, role });
    await assign(manager.memberId, "interview_manager");
    await assign(evaluator.memberId, "evaluator");
    await assign(elsewhere.memberId, "interview_manager", (await givenProject(house)).id);
    const { interview } = await givenInvited(house, project);
    const interviewId = interview.id;
    const [reminder] = (await house.owner.client.interview.plan.query({ interviewId })).timers;
    await tendInterview(systemDeps({ now: () => reminder?.at ?? noon }), interviewId);

    const kindsFor = async ({ client }: Member) =>
      (await client.letter.list.query({ interviewId })).items.map(({ kind }) => kind);
    for (const who of [manager, house.owner, await givenMember(house, "recruiter")]) {
      expect(await kindsFor(who)).toEqual(["interview_reminder", "interview_invitation"]);
    }
    const refusedFor = async ({ client }: Member, asked: object = { interviewId }) =>
      (await refusalOf(client.letter.list.query(asked))).reason;
    expect(await refusedFor(evaluator)).toBe("not_allowed");
    expect(await refusedFor(elsewhere)).toBe("not_found");
    expect(await refusedFor((await givenOrganization()).owner)).toBe("not_found");
    expect(await refusedFor(house.owner, { interviewId: newId("itv") })).toBe("not_found");
    expect(await refusedFor(manager, {})).toBe("not_allowed");
    expect(await tripsOf(manager.token, (api) => api.letter.list.query({ interviewId }))).toBe(1);
  });

  test("can be sent again once they have failed, by that organization alone", async () => {
    const { organization, owner } = await givenOrganization();
    const other = await givenOrganization();
    const { to } = await givenLetter({ organizationId: organization.id });
    await drainOutbox(drainer(fakePostmark(() => "inactive_406").postman).deps);
    const letterId = (await rowTo(to)).id;

    expect((await refusalOf(other.owner.client.letter.sendAgain.mutate({ letterId }))).reason).toBe("not_found");
    expect((await refusalOf(anteroom().letter.sendAgain.mutate({ letterId }))).reason).toBe("signed_out");
    const unknown = owner.client.letter.sendAgain.mutate({ letterId: newId("ltr") });
    expect((await refusalOf(unknown)).reason).toBe("not_found");
    expect((await rowTo(to)).status).toBe("failed");

    const revived = await owner.client.letter.sendAgain.mutate({ letterId });
    expect(revived).toMatchObject({ id: letterId, status: "waiting", attempts: 0, failedAt: null });
    expect(await rowTo(to)).toMatchObject({ status: "delivered", attempts: 1, sealedToken: null });
    expect(await lettersTo(to)).toHaveLength(1);
    expect((await refusalOf(owner.client.letter.sendAgain.mutate({ letterId }))).reason).toBe("letter_not_failed");
  });
});

/** How the database would go about this very statement. */
function planOf({ sql, args }: Statement<unknown>): Statement<string> {
  return {
    sql: `explain query plan ${sql}`,
    args,
    read: ({ rows }) => rows.map((row) => String(row[3])).join("\n"),
  };
}

describe("draining", () => {
  test("goes on without its alarm: cron comes every minute", async () => {
    const { to } = await givenLetter();
    const { deps } = drainer(fakePostmark(() => "busy_429").postman, {
      alarms: {
        set: async () => undefined,
        settleDue: async () => undefined,
        drainOutbox: () => Promise.reject(new Error("no drainer")),
        wakeOutbox: () => Promise.reject(new Error("no alarm")),
      },
    });
    expect(await drainOutbox(deps)).not.toBeNull();
    expect((await rowTo(to)).status).toBe("waiting");
  });

  test("is left to the alarm when the database is away just after the answer", async () => {
    const { deps, woken } = drainer(fakePostmark().postman, {
      db: { ...database(), write: () => Promise.reject(new Error("away")) },
    });
    const left: Promise<unknown>[] = [];
    drainSoon({ ...deps, afterwards: (_what, work) => void left.push(work(deps)) });
    await Promise.all(left);
    expect(woken).toEqual([noon]);
  });

  test("is done by the outbox's own alarm", async () => {
    const { to } = await givenLetter();
    const outbox = env.OUTBOX.getByName("outbox");
    await outbox.wake(later(noon, dayMs).getTime());
    await outbox.wake(later(noon, 2 * dayMs).getTime());
    expect(await runDurableObjectAlarm(outbox)).toBe(true);
    expect((await rowTo(to)).status).toBe("delivered");
    expect(await lettersTo(to)).toMatchObject([{ path: "/start" }]);
    expect(await runDurableObjectAlarm(outbox)).toBe(false);
  });

  test("finds what is due, what is next and what failed by index, however many letters there are", async () => {
    const { claim, next, health } = await database().read({
      claim: planOf(claimDueLetters(noon, noon, batchSizeMax)),
      next: planOf(nextDueAt()),
      health: planOf(outboxHealth(noon)),
    });
    expect(claim).toContain("letter_due");
    expect(next).toContain("letter_due");
    expect(health).toContain("letter_failed");
    for (const plan of [claim, next, health]) {
      expect(plan).not.toContain("TEMP B-TREE");
      expect(plan).not.toMatch(/SCAN letter$/m);
    }
  });

  test("is watched: what waits, since when, and what failed", async () => {
    const health = async () => (await database().read({ health: outboxHealth(new Date()) })).health;
    expect(await health()).toEqual({ waiting: 0, oldestWaitingAt: null, failed: 0, bounced: 0 });
    await givenLetter();
    await drainOutbox(drainer(fakePostmark(() => "invalid_300").postman).deps);
    await givenLetter();
    pass(minuteMs);
    await givenLetter();
    expect(await health()).toEqual({ waiting: 2, oldestWaitingAt: noon, failed: 1, bounced: 0 });
  });
});
