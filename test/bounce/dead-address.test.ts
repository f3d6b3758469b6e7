// A dead address: marked, told once, written to no more, whatever the order and number of what Postmark tells.
import { env } from "cloudflare:workers";
import { sql } from "drizzle-orm";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { connect, type Database } from "../../db/database.ts";
import { raw } from "../../db/statement.ts";
import { reporting } from "../../src/app/postman.ts";
import { takeReport } from "../../src/bounce/actions.ts";
import { tendInterview } from "../../src/interview/actions.ts";
import { dayMs } from "../../src/kernel/clock.ts";
import type { LetterId } from "../../src/kernel/ids.ts";
import { drainOutbox } from "../../src/letter/actions.ts";
import { fakePostmark } from "../letter/fake-postmark.ts";
import { gate } from "../letter/outbox-world.ts";
import {
  anteroom,
  database,
  givenMember,
  givenOrganization,
  givenProject,
  type House,
  lettersTo,
  newEmail,
  newestToken,
  refusalOf,
  systemDeps,
} from "../support/world.ts";
import { givenOut, givenPromised, statusOf } from "./invited-by-letter.ts";
import { candidateIn, happenedAt, lettersIn, newestLetter, type Said, tell, timesTold } from "./post.ts";

let house: House;
let project: Awaited<ReturnType<typeof givenProject>>;
let dueProject: typeof project;
beforeAll(async () => {
  house = await givenOrganization();
  project = await givenProject(house);
  dueProject = await givenProject(house, { name: "Baker" });
});

const staff = () => house.owner.client;

describe("a dead address", () => {
  test("is seen on the interview, and whoever invited is told once, in a letter that says what to do", async () => {
    const { email, letterId, interviewId } = await givenOut(house, project);
    await tell("hard", letterId);
    const marked = { email, emailStatus: "bounced", emailDeadSince: new Date(happenedAt.hard) };
    expect((await staff().interview.get.query({ interviewId })).candidate).toMatchObject(marked);
    const { items } = await staff().interview.list.query({ search: email });
    expect(items[0]?.candidate).toMatchObject(marked);
    const stepped = await staff().interview.setLabels.mutate({ interviewId, labels: ["spring"] });
    expect(stepped.candidate).toMatchObject(marked);
    expect(await timesTold(house.owner.email, interviewId)).toBe(1);
    const told = (await lettersTo(house.owner.email)).filter(({ text }) => text.includes(email));
    expect(told).toHaveLength(1);
    expect(told[0]).toMatchObject({ subject: "Letters do not reach Cleo Candidate, Barista", token: null });
    expect(told[0]?.text).toContain("Correct it, and the invitation goes out again");
  });

  test("by a complaint is told apart from one that bounced", async () => {
    const { letterId, interviewId, email } = await givenOut(house, project);
    await tell("complaint", letterId);
    expect(await statusOf(house, interviewId)).toBe("complained");
    const told = (await lettersTo(house.owner.email)).find(({ text }) => text.includes(email));
    expect(told?.text).toContain("marked as unwanted");
  });

  test("is not made by a soft bounce", async () => {
    const { letterId, interviewId } = await givenOut(house, project);
    await tell("soft", letterId);
    expect(await statusOf(house, interviewId)).toBe("ok");
    expect(await timesTold(house.owner.email, interviewId)).toBe(0);
    await staff().invitation.resend.mutate({ interviewId });
  });

  test("is told to the project's manager and to whoever invited, each once", async () => {
    const manager = await givenMember(house, "hiring_manager");
    const own = await givenProject(house);
    await staff().project.assignRole.mutate({
      projectId: own.id,
      memberId: manager.memberId,
      role: "interview_manager",
    });
    const { letterId, interviewId } = await givenOut(house, own);
    await tell("hard", letterId);
    await tell("complaint", letterId);
    expect(await timesTold(house.owner.email, interviewId)).toBe(1);
    expect(await timesTold(manager.email, interviewId)).toBe(1);
  });

  test("is what Postmark's refusal says as well, for which no webhook comes", async () => {
    const out = await givenOut(house, project);
    const { interviewId, email } = out;
    await givenPromised(out);
    const postman = reporting(fakePostmark(({ To }) => (To === email ? "inactive_406" : "ok")).postman, systemDeps);
    await drainOutbox(systemDeps({ postman }));
    expect(await newestLetter(email)).toMatchObject({
      status: "failed",
      lastError: expect.stringContaining("inactive"),
    });
    expect(await statusOf(house, interviewId)).toBe("bounced");
    expect(await timesTold(house.owner.email, interviewId)).toBe(1);
  });

  test("takes one read and one write to note, however often", async () => {
    const { letterId } = await givenOut(house, project);
    const modes: string[] = [];
    const db = connect({ url: String(env.DATABASE_URL), onTrip: (mode) => void modes.push(mode) });
    const report = { letterId, kind: "came_back", verdict: "bounced", type: "HardBounce", at: new Date() } as const;
    await takeReport(systemDeps({ db }), report);
    await takeReport(systemDeps({ db }), report);
    expect(modes).toEqual(["read", "write", "read", "write"]);
  });
});

describe("told many times at once", () => {
  test("the same webhook twenty times is one mark and one letter", async () => {
    const { letterId, interviewId, candidateId } = await givenOut(house, project);
    await Promise.all(Array.from({ length: 20 }, () => tell("hard", letterId)));
    expect(await timesTold(house.owner.email, interviewId)).toBe(1);
    const before = [await candidateIn(candidateId), await newestLetter((await candidateIn(candidateId)).email)];
    await tell("hard", letterId);
    expect([await candidateIn(candidateId), await newestLetter((await candidateIn(candidateId)).email)]).toEqual(
      before,
    );
  });

  test("bounces and complaints of several letters are one letter to the recruiter, and lose nothing", async () => {
    const { email, letterId, interviewId } = await givenOut(house, project);
    await staff().invitation.resend.mutate({ interviewId });
    await staff().invitation.resend.mutate({ interviewId });
    const ids = (await lettersIn(email)).map(({ id }) => id);
    expect(ids).toHaveLength(3);
    expect(ids).toContain(letterId);
    await Promise.all(ids.flatMap((id) => [tell("hard", id), tell("complaint", id), tell("delivery", id)]));
    expect(await timesTold(house.owner.email, interviewId)).toBe(1);
    expect(await statusOf(house, interviewId)).toBe("complained");
    for (const one of await lettersIn(email)) {
      expect(one).toMatchObject({ status: "bounced", bounce: "complained", arrivedAt: new Date(happenedAt.delivery) });
    }
  });

  test("saboteur: whoever looks first and writes without a guard tells as often as they are told, and the count says so", async () => {
    const { letterId, interviewId } = await givenOut(house, project);
    const callers = 5;
    const { opened, open } = gate();
    let looked = 0;
    const unguarded = connect({
      url: String(env.DATABASE_URL),
      fetch: (url, init) => fetch(url, { ...init, body: String(init?.body).replaceAll("changes() = 1", "true") }),
    });
    const read: Database["read"] = async (asked) => {
      const found = await unguarded.read(asked);
      looked += 1;
      if (looked === callers) open();
      await opened;
      return found;
    };
    const report = { letterId, kind: "came_back", verdict: "bounced", type: "HardBounce", at: new Date() } as const;
    const deps = systemDeps({ db: { ...unguarded, read } });
    await Promise.all(Array.from({ length: callers }, () => takeReport(deps, report)));
    expect(await timesTold(house.owner.email, interviewId)).toBe(callers);
  });
});

type Event = Said | "correction";
type Teller = (said: Said, letterId: LetterId) => Promise<void>;

/**
 * What must come of these events, told in this order. Only whether anybody was told depends on the order. The complaint is
 * the earlier death, so that the graver and the earlier are not the same by chance.
 */
function expectedOf(events: readonly Event[]) {
  const has = (event: Event) => events.includes(event);
  const isCorrected = has("correction");
  const isDead = has("hard") || has("complaint");
  const beforeCorrection = isCorrected ? events.slice(0, events.indexOf("correction")) : events;
  const came = has("complaint")
    ? { bounce: "complained", bounceType: "SpamComplaint", bouncedAt: new Date(happenedAt.complaint) }
    : has("hard")
      ? { bounce: "bounced", bounceType: "HardBounce", bouncedAt: new Date(happenedAt.hard) }
      : has("soft")
        ? { bounce: "returned", bounceType: "SoftBounce", bouncedAt: new Date(happenedAt.soft) }
        : { bounce: null, bounceType: null, bouncedAt: null };
  const isMarked = isDead && !isCorrected;
  return {
    letter: {
      status: came.bounce === null ? "delivered" : "bounced",
      arrivedAt: has("delivery") ? new Date(happenedAt.delivery) : null,
      ...came,
    },
    candidate: {
      isAtNewAddress: isCorrected,
      emailStatus: isMarked ? (has("complaint") ? "complained" : "bounced") : "ok",
      emailDeadSince: isMarked ? new Date(has("complaint") ? happenedAt.complaint : happenedAt.hard) : null,
    },
    timesTold: beforeCorrection.some((event) => event === "hard" || event === "complaint") ? 1 : 0,
  };
}

async function outcomeOf(events: readonly Event[], teller: Teller) {
  const { email, letterId, interviewId, candidateId } = await givenOut(house, project);
  const other = newEmail("corrected");
  for (const event of events) {
    if (event === "correction") await staff().invitation.correctAddress.mutate({ interviewId, email: other });
    else await teller(event, letterId);
  }
  const { status, arrivedAt, bounce, bounceType, bouncedAt } = await newestLetter(email);
  const candidate = await candidateIn(candidateId);
  return {
    letter: { status, arrivedAt, bounce, bounceType, bouncedAt },
    candidate: {
      isAtNewAddress: candidate.email === other,
      emailStatus: candidate.emailStatus,
      emailDeadSince: candidate.emailDeadSince,
    },
    timesTold: await timesTold(house.owner.email, interviewId),
  };
}

/** Any of them, some told twice, in any order; one correction at most. */
const anyOrder = fc
  .shuffledSubarray<Event>(
    ["delivery", "delivery", "soft", "soft", "hard", "hard", "complaint", "complaint", "correction"],
    { minLength: 1 },
  )
  .filter((events) => events.length > 1);

const sameInAnyOrder = (teller: Teller) =>
  fc.asyncProperty(anyOrder, async (events) => {
    expect(await outcomeOf(events, teller)).toEqual(expectedOf(events));
  });

/** Marks whoever the letter was to, without asking where it went. */
const forgetful: Teller = async (said, letterId) => {
  await tell(said, letterId);
  if (said !== "hard" && said !== "complaint") return;
  await database().write([
    raw(
      sql`update candidate set email_status = 'bounced' where email_status = 'ok' and id = (select candidate_id from letter where id = ${letterId})`,
      () => undefined,
    ),
  ]);
};

/** Writes down what it was told last. */
const lastWins: Teller = async (said, letterId) => {
  await tell(said, letterId);
  if (said === "delivery") {
    await database().write([raw(sql`update letter set status = 'delivered' where id = ${letterId}`, () => undefined)]);
  }
};

describe("in any order", () => {
  test("deliveries, bounces, complaints and a correction end in the same state", async () => {
    await fc.assert(sameInAnyOrder(tell), { numRuns: 20 });
  });

  test("a bounce that is told after the correction says nothing about the new address", async () => {
    const late: Event[] = ["delivery", "correction", "hard", "complaint", "hard"];
    const { candidate, timesTold: told } = await outcomeOf(late, tell);
    expect({ candidate, told }).toEqual({
      candidate: { isAtNewAddress: true, emailStatus: "ok", emailDeadSince: null },
      told: 0,
    });
  });

  test.each([
    { name: "that forgets where the letter went", teller: forgetful },
    { name: "that keeps what it was told last", teller: lastWins },
  ])("saboteur: one $name is caught by the same check", async ({ teller }) => {
    const { failed } = await fc.check(sameInAnyOrder(teller), { numRuns: 60, endOnFailure: true });
    expect(failed).toBe(true);
  });
});

describe("to a dead address nothing more is sent:", () => {
  test("not again, not of another interview, and not what was waiting", async () => {
    const out = await givenOut(house, project);
    const { email, letterId, interviewId, candidateId } = out;
    const before = (await lettersTo(email)).length;
    await givenPromised(out);
    await tell("hard", letterId);

    expect(await refusalOf(staff().invitation.resend.mutate({ interviewId }))).toMatchObject({
      ...{ reason: "address_dead", code: "CONFLICT" },
    });
    const another = await givenOut(house, await givenProject(house), email);
    expect(another.candidateId).toBe(candidateId);
    expect(await statusOf(house, another.interviewId)).toBe("bounced");
    await drainOutbox(systemDeps());

    const { items } = await staff().letter.list.query({ interviewId: another.interviewId });
    expect(items).toMatchObject([{ status: "failed", attempts: 0, lastError: expect.stringContaining("comes back") }]);
    const [first] = items;
    const sendAgain = staff().letter.sendAgain.mutate({ letterId: first?.id ?? letterId });
    expect((await refusalOf(sendAgain)).reason).toBe("address_dead");
    expect((await lettersIn(email)).map(({ status }) => status)).toEqual(["failed", "failed", "bounced"]);
    expect((await lettersTo(email)).length).toBe(before);
    expect(await timesTold(house.owner.email, another.interviewId)).toBe(0);
  });

  test("which of many invited at once have one, each row says, planned or sent, and said again under its key", async () => {
    const [dead, alive] = [await givenOut(house, project), newEmail("alive")];
    await tell("complaint", dead.letterId);
    const named = { firstName: "Cleo", lastName: "Candidate" };
    const rows = [dead.email, alive].map((email) => ({ candidate: { email, ...named }, requestKey: `many ${email}` }));
    const later = rows.map((row) => ({ ...row, inviteAt: new Date(Date.now() + dayMs) }));
    const [here, there] = [await givenProject(house), await givenProject(house)];
    for (const [asked, { id: projectId }] of [
      [rows, here],
      [later, there],
      [later, there],
    ] as const) {
      const keyed = asked.map((row) => ({ ...row, requestKey: `${projectId} ${row.requestKey}` }));
      const { results } = await staff().interview.createAndInviteMany.mutate({ projectId, rows: keyed });
      expect(results).toMatchObject([{ emailStatus: "complained" }, { emailStatus: "ok" }]);
    }
  });

  test("when the system invites to one by itself, the staff concerned are told in the same write, once, whoever finds it due", async () => {
    const { email, letterId } = await givenOut(house, project);
    await tell("hard", letterId);
    const inviteAt = new Date(Date.now() + dayMs);
    const candidate = { email, firstName: "Cleo", lastName: "Candidate" };
    const { id } = await staff().interview.createAndInvite.mutate({ projectId: dueProject.id, candidate, inviteAt });
    expect(await timesTold(house.owner.email, id)).toBe(0);
    const writes: number[] = [];
    const db = connect({ url: String(env.DATABASE_URL) });
    const counting: Database["write"] = async (sentence) => {
      const done = await db.write(sentence);
      writes.push(await timesTold(house.owner.email, id));
      return done;
    };
    const deps = systemDeps({ now: () => inviteAt, db: { ...db, write: counting } });
    await tendInterview(deps, id);
    expect(writes[0]).toBe(1);
    await Promise.all(Array.from({ length: 5 }, () => tendInterview(systemDeps({ now: () => inviteAt }), id)));
    expect(await timesTold(house.owner.email, id)).toBe(1);
    expect(await staff().interview.get.query({ interviewId: id })).toMatchObject({ status: "invited" });
    const told = (await lettersTo(house.owner.email)).filter(({ text }) => text.includes(email));
    expect(told.at(-1)?.text).toContain("mail to");
  });

  test("but to members at the same address it is: they are somebody else", async () => {
    const email = newEmail("both");
    const { letterId } = await givenOut(house, project, email);
    await tell("hard", letterId);
    await staff().invite.create.mutate({ invites: [{ email, access: "recruiter" }] });
    expect((await lettersTo(email)).at(-1)?.subject).toContain("invites you to join");
  });
});

describe("the same address in two organizations", () => {
  test("is dead only where its letter came back, and corrected only where it is corrected", async () => {
    const other = await givenOrganization();
    const email = newEmail("both");
    const here = await givenOut(house, project, email);
    const there = await givenOut(other, await givenProject(other), email);
    await tell("hard", here.letterId);
    expect([await statusOf(house, here.interviewId), await statusOf(other, there.interviewId)]).toEqual([
      "bounced",
      "ok",
    ]);
    expect(await timesTold(other.owner.email, there.interviewId)).toBe(0);
    await other.owner.client.invitation.resend.mutate({ interviewId: there.interviewId });

    await staff().invitation.correctAddress.mutate({ interviewId: here.interviewId, email: newEmail("corrected") });
    expect((await candidateIn(there.candidateId)).email).toBe(email);
    expect((await anteroom().identity.openLink.query({ token: await newestToken(email) })).alive).toBe(true);
    await tell("hard", there.letterId);
    expect([await statusOf(house, here.interviewId), await statusOf(other, there.interviewId)]).toEqual([
      "ok",
      "bounced",
    ]);
    expect(await timesTold(other.owner.email, there.interviewId)).toBe(1);

    const foreign = staff().invitation.correctAddress.mutate({ interviewId: there.interviewId, email: newEmail() });
    expect((await refusalOf(foreign)).reason).toBe("not_found");
  });
});
