// The letters of meetings: to whom each goes, when reminders do, and that nobody is told what does not hold any more.
import { runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { eq, sql } from "drizzle-orm";
import ICAL from "ical.js";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { connect, type Database } from "../../db/database.ts";
import { letter, mailboxLetter, meeting, member } from "../../db/schema/index.ts";
import { all, build, run } from "../../db/statement.ts";
import { correctCandidateAddress } from "../../src/correction/actions.ts";
import { dayMs, hourMs, minuteMs, after as plus } from "../../src/kernel/clock.ts";
import type { Deps } from "../../src/kernel/deps.ts";
import { drainOutbox } from "../../src/letter/actions.ts";
import { lettersOfMeeting } from "../../src/meeting-notice/actions.ts";
import { candidateIn, lettersIn, newestLetter, tell } from "../bounce/post.ts";
import { memberScopeOf, noon } from "../deadline/ledger.ts";
import { fakePostmark } from "../letter/fake-postmark.ts";
import {
  aboutMeeting,
  canceled,
  changed,
  type Given,
  promisedTo,
  scheduled,
  subjectsTo,
} from "../support/meeting-letters.ts";
import { newInterview } from "../support/stage.ts";
import {
  anteroom,
  database,
  givenMember,
  givenOrganization,
  givenProject,
  type House,
  lettersTo,
  type Member,
  newEmail,
  refusalOf,
  systemDeps,
} from "../support/world.ts";

/** Three in the afternoon in Amsterdam, two days on. */
const startsAt = plus(noon, 2 * dayMs + 2 * hourMs);
const [dayBefore, hourBefore] = [plus(startsAt, -24 * hourMs), plus(startsAt, -hourMs)];

let house: House;
let bo: Member;
let eve: Member;

beforeAll(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: noon });
  house = await givenOrganization();
  bo = await givenMember(house, "recruiter");
  eve = await givenMember(house, "hiring_manager");
});
beforeEach(async () => {
  vi.setSystemTime(noon);
  // What other tests left waiting is not this one's to deliver, nor what they found in their mailboxes.
  await database().write([run(build.delete(letter)), run(build.delete(mailboxLetter))]);
});
afterAll(() => vi.useRealTimers());

const drain = (over: Partial<Deps> = {}) => drainOutbox(systemDeps(over));

/** Delivers what is due at that instant. */
async function drainAt(at: Date, over: Partial<Deps> = {}) {
  vi.setSystemTime(at);
  return drain(over);
}

async function invited(over: Partial<Parameters<typeof scheduled>[1]> = {}): Promise<Given> {
  const given = await scheduled(house, { startsAt, interviewers: [bo, eve], ...over });
  await drain();
  return given;
}

/** The calendar files that reached somebody, oldest first, as an independent reader has them. */
async function calendarsOf(email: string) {
  const { rows } = await database().read({
    rows: all(build.select().from(mailboxLetter).where(eq(mailboxLetter.to, email)).orderBy(mailboxLetter.id)),
  });
  return rows.flatMap(({ attachments }) =>
    attachments.map(({ contentType, text }) => {
      const calendar = new ICAL.Component(ICAL.parse(text));
      const event = calendar.getFirstSubcomponent("vevent");
      const zone = calendar.getFirstSubcomponent("vtimezone");
      const start = event?.getFirstPropertyValue("dtstart");
      if (!event || !zone || !(start instanceof ICAL.Time)) throw new Error("a calendar has an event in a zone");
      start.zone = new ICAL.Timezone(zone);
      const method = String(calendar.getFirstPropertyValue("method"));
      expect(contentType).toBe(`text/calendar; method=${method}; charset=utf-8`);
      return {
        ...{ method, text, zone: zone.getFirstPropertyValue("tzid"), startsAt: start.toJSDate() },
        uid: event.getFirstPropertyValue("uid"),
        sequence: event.getFirstPropertyValue("sequence"),
        status: event.getFirstPropertyValue("status"),
      };
    }),
  );
}

describe("a meeting's letters", () => {
  test("invite everybody who takes part, each in their own zone, with a calendar that knows the meeting's", async () => {
    const given = await invited();
    const [toCandidate] = await lettersTo(given.email);
    expect(toCandidate?.subject).toBe("Invitation: Technical interview, House of Tests");
    expect(toCandidate?.text).toContain(
      "When: Wednesday, 5 March 2031, 09:00 to 10:00 Eastern Standard Time (America/New_York).",
    );
    expect(toCandidate?.text).toContain(
      "In the meeting's own time zone: Wednesday, 5 March 2031, 15:00 to 16:00 Central European Standard Time (Europe/Amsterdam).",
    );
    expect(toCandidate?.text).toContain("https://meet.example.com/room");
    const uid = `${given.meetingId}@api.anteroom.test`;
    for (const email of [given.email, bo.email, eve.email]) {
      expect(await subjectsTo(email)).toEqual(["Invitation"]);
      expect(await calendarsOf(email)).toMatchObject([
        { uid, startsAt, method: "REQUEST", sequence: 0, status: "CONFIRMED", zone: "Europe/Amsterdam" },
      ]);
    }
  });

  test("give nobody's address to anybody else", async () => {
    const given = await invited();
    const people = [given.email, bo.email, eve.email];
    for (const email of people) {
      const others = people.filter((one) => one !== email);
      const [{ text: file } = { text: "" }] = await calendarsOf(email);
      const [{ text, html } = { text: "", html: "" }] = await lettersTo(email);
      for (const other of others) expect(file.replaceAll("\r\n ", "") + text + html).not.toContain(other);
    }
  });

  test("go to Postmark with a file it takes", async () => {
    await scheduled(house, { startsAt, interviewers: [bo] });
    const { postman, taken, violations } = fakePostmark();
    await drain({ postman });
    expect(violations).toEqual([]);
    expect(taken).toHaveLength(2);
    for (const { Attachments: [file] = [] } of taken) {
      expect(file).toMatchObject({
        Name: "invitation.ics",
        ContentType: "text/calendar; method=REQUEST; charset=utf-8",
      });
      expect(Buffer.from(file?.Content ?? "", "base64").toString()).toMatch(
        /^BEGIN:VCALENDAR\r\n[\s\S]*END:VCALENDAR\r\n$/,
      );
    }
  });

  test("tell of a change whoever stays, invite who joins, and take it out of the calendar of who leaves", async () => {
    const given = await scheduled(house, { startsAt, interviewers: [bo] });
    await drain();
    await changed(house, given, { joins: eve, leaves: bo });
    await drain();
    const moved = plus(startsAt, dayMs);
    await changed(house, given, { startsAt: moved });
    await drain();
    expect(await subjectsTo(given.email)).toEqual(["Invitation", "Changed", "Moved"]);
    expect(await subjectsTo(eve.email)).toEqual(["Invitation", "Moved"]);
    expect(await subjectsTo(bo.email)).toEqual(["Invitation", "Without you"]);
    const calendars = await calendarsOf(given.email);
    expect(calendars.map(({ sequence }) => sequence)).toEqual([0, 1, 2]);
    expect(new Set(calendars.map(({ uid }) => uid)).size).toBe(1);
    expect(calendars.map((one) => one.startsAt)).toEqual([startsAt, startsAt, moved]);
    expect((await calendarsOf(bo.email)).map(({ method, status }) => [method, status])).toEqual([
      ["REQUEST", "CONFIRMED"],
      ["CANCEL", "CANCELLED"],
    ]);
  });

  test("of a cancellation say why to staff, and to the candidate never", async () => {
    const given = await invited();
    await canceled(house, given, "They were hired elsewhere.");
    await drain();
    for (const email of [given.email, bo.email, eve.email]) {
      expect(await subjectsTo(email)).toEqual(["Invitation", "Canceled"]);
      expect(await calendarsOf(email)).toMatchObject([
        { sequence: 0 },
        { sequence: 1, method: "CANCEL", status: "CANCELLED" },
      ]);
    }
    expect((await lettersTo(bo.email)).at(-1)?.text).toContain("Why: They were hired elsewhere.");
    expect(JSON.stringify(await lettersTo(given.email)) + JSON.stringify(await calendarsOf(given.email))).not.toContain(
      "elsewhere",
    );
    const [toCandidate] = await lettersIn(given.email);
    expect(JSON.stringify(toCandidate)).not.toContain("elsewhere");
  });

  test("are listed to recruiters with their meeting, and to nobody below", async () => {
    const given = await invited();
    const { items } = await bo.client.letter.list.query({});
    const own = items.filter(({ meetingId }) => meetingId === given.meetingId);
    expect(own.map(({ kind }) => kind).sort()).toEqual([
      ...Array.from({ length: 6 }, () => "meeting_reminder"),
      ...Array.from({ length: 3 }, () => "meeting_scheduled"),
    ]);
    expect(await refusalOf(eve.client.letter.list.query({}))).toMatchObject({ reason: "not_allowed" });
  });

  test("that were not sent before the meeting changed are not sent any more; that it is canceled is, in any case", async () => {
    const given = await scheduled(house, { startsAt, interviewers: [bo] });
    await changed(house, given, { startsAt: plus(startsAt, hourMs) });
    await drain();
    expect(await subjectsTo(bo.email)).toEqual(["Moved"]);
    const unsent = await scheduled(house, { startsAt, interviewers: [bo] });
    await canceled(house, unsent, null);
    await drain();
    expect(await promisedTo(unsent.email, unsent)).toEqual([
      "scheduled withdrawn",
      "reminder withdrawn",
      "reminder withdrawn",
      "canceled delivered",
    ]);
  });

  test("fail where it can be seen when nobody could be reached until the meeting was over", async () => {
    const given = await scheduled(house, { startsAt, interviewers: [bo], reminderHours: [] });
    await drainAt(plus(startsAt, hourMs - 1), {
      postman: { deliver: async () => ({ outcome: "later", why: "away" }) },
    });
    await drainAt(plus(startsAt, 5 * hourMs));
    expect(await promisedTo(bo.email, given)).toEqual(["scheduled failed"]);
    expect((await newestLetter(bo.email)).lastError).toContain("its meeting was over");
  });

  test("are not written where the candidate's address is another by then", async () => {
    const given = await invited();
    const about = await aboutMeeting(house, given.meetingId);
    const { client } = house.owner;
    await client.candidate.correctAddress.mutate({ candidateId: given.candidateId, email: newEmail("corrected") });
    const late = await lettersOfMeeting(systemDeps(), { verb: "cancel", why: null }, about);
    await expect(database().write(late)).rejects.toMatchObject({ reason: "moved_on" });
  });
});

/** How often each of them was reminded. */
async function reminded(...emails: string[]): Promise<number[]> {
  const subjects = await Promise.all(emails.map(subjectsTo));
  return subjects.map((own) => own.filter((subject) => subject === "Soon").length);
}

/** The same claim, whose reading of a meeting is worn down to nothing by a change of its text. */
function without(condition: RegExp): Database {
  let times = 0;
  const db = connect({
    url: String(env.DATABASE_URL),
    fetch: (url, init) => {
      const body = String(init?.body);
      const worn = body.replaceAll(condition, "1 = 1 ");
      times += body === worn ? 0 : 1;
      return fetch(url, { ...init, body: worn });
    },
  });
  const write: Database["write"] = async (sentence) => {
    const done = await db.write(sentence);
    if (times === 0) throw new Error("the condition was not found: nothing was sabotaged");
    return done;
  };
  return { ...db, write };
}

/** What a step put away waits again: as if a reminder had been written a moment after it. */
const waitingAgain = ({ meetingId }: Given) =>
  database().write([
    run(
      build
        .update(letter)
        .set({ status: "waiting", nextAttemptAt: sql`unixepoch(content ->> '$.remindAt', 'subsec') * 1000` })
        .where(sql`meeting_id = ${meetingId} and status = 'withdrawn' and content ->> '$.kind' = 'meeting_reminder'`),
    ),
  ]);

const asRead = /\\"meeting\\"\.\\"sequence\\" = \\"letter\\"\.\\"content\\" ->> '\$\.sequence'/g;
const asLives = /\\"meeting\\"\.\\"canceled_at\\" is null/g;

describe("a reminder of a meeting", () => {
  test("goes out at its hour and not a millisecond before, by the outbox's own alarm, once to everybody who takes part", async () => {
    const { email } = await invited();
    const everybody = [email, bo.email, eve.email];
    expect(await drainAt(plus(dayBefore, -1))).toEqual(dayBefore);
    expect(await reminded(...everybody)).toEqual([0, 0, 0]);
    vi.setSystemTime(dayBefore);
    await runDurableObjectAlarm(env.OUTBOX.getByName("outbox"));
    expect(await reminded(...everybody)).toEqual([1, 1, 1]);
    expect(await drainAt(plus(hourBefore, -1))).toEqual(hourBefore);
    expect(await reminded(...everybody)).toEqual([1, 1, 1]);
    await drainAt(hourBefore);
    await Promise.all(Array.from({ length: 5 }, () => drain()));
    expect(await reminded(...everybody)).toEqual([2, 2, 2]);
    expect(await drainAt(plus(startsAt, dayMs))).toBeNull();
    expect(await reminded(...everybody)).toEqual([2, 2, 2]);
    expect((await lettersTo(email)).at(-1)?.text).toContain("09:00 to 10:00 Eastern Standard Time");
    expect(await calendarsOf(email)).toHaveLength(1);
  });

  test("of a moved meeting is never for the old time, also where one is written after the move", async () => {
    const given = await invited();
    const later = plus(startsAt, 3 * dayMs);
    await changed(house, given, { startsAt: later });
    expect(await promisedTo(bo.email, given)).toEqual([
      ...["scheduled delivered", "reminder withdrawn", "reminder withdrawn"],
      ...["changed waiting", "reminder waiting", "reminder waiting"],
    ]);
    await waitingAgain(given);
    for (const at of [dayBefore, hourBefore, startsAt]) await drainAt(at);
    expect(await reminded(given.email, bo.email, eve.email)).toEqual([0, 0, 0]);
    await drainAt(plus(later, -24 * hourMs));
    await drainAt(plus(later, -hourMs));
    expect(await reminded(given.email, bo.email, eve.email)).toEqual([2, 2, 2]);
  });

  test("saboteur: where the claim does not look at the meeting's sequence, the same check finds the old time told", async () => {
    const given = await invited();
    await changed(house, given, { startsAt: plus(startsAt, 3 * dayMs) });
    await waitingAgain(given);
    await drainAt(dayBefore, { db: without(asRead) });
    expect(await reminded(given.email, bo.email, eve.email)).toEqual([1, 1, 1]);
  });

  test("of a canceled meeting is never sent, also where one is written after that", async () => {
    const given = await invited();
    await canceled(house, given, null);
    expect(await promisedTo(bo.email, given)).toContain("reminder withdrawn");
    await waitingAgain(given);
    for (const at of [dayBefore, hourBefore]) await drainAt(at);
    expect(await reminded(given.email, bo.email, eve.email)).toEqual([0, 0, 0]);
  });

  test("saboteur: where the claim does not ask whether it is canceled, the same check finds it told", async () => {
    const given = await invited();
    await database().write([
      run(build.update(meeting).set({ canceledAt: noon }).where(eq(meeting.id, given.meetingId))),
    ]);
    await drainAt(dayBefore, { db: without(asLives) });
    expect(await reminded(given.email)).toEqual([1]);
  });

  test("is not for whoever left the meeting, or the organization", async () => {
    const given = await invited();
    await changed(house, given, { leaves: bo });
    await waitingAgain(given);
    const setRemoved = (removedAt: Date | null) =>
      database().write([run(build.update(member).set({ removedAt }).where(eq(member.id, eve.memberId)))]);
    await setRemoved(noon);
    await drainAt(dayBefore);
    await setRemoved(null);
    expect(await reminded(given.email, bo.email, eve.email)).toEqual([1, 0, 0]);
  });

  test("comes once when nobody was reached for a day, and not once the meeting has begun", async () => {
    const given = await invited();
    await drainAt(dayBefore, { postman: { deliver: async () => ({ outcome: "later", why: "away" }) } });
    await drainAt(plus(hourBefore, minuteMs));
    expect(await reminded(given.email, bo.email)).toEqual([1, 1]);
    const late = await invited({ startsAt: plus(startsAt, dayMs) });
    await drainAt(plus(startsAt, dayMs));
    expect(await reminded(late.email)).toEqual([0]);
    expect(await promisedTo(late.email, late)).toEqual([
      ...["scheduled delivered", "reminder withdrawn", "reminder withdrawn"],
    ]);
  });
});

describe("an edit of nothing but the hours at which people are reminded", () => {
  const remindedAt = async (given: Given, ...reminderHours: number[]) => {
    const { meetingId } = given;
    return house.owner.client.meeting.edit.mutate({ meetingId, version: 1, reminderHours });
  };

  test("is nobody's news: an invitation that waits still goes out, no calendar moves, and reminders come at the new hours alone", async () => {
    const given = await scheduled(house, { startsAt, interviewers: [bo] });
    expect(await remindedAt(given, 3, 1)).toMatchObject({ sequence: 0, version: 2, reminderHours: [3, 1] });
    await drain();
    for (const email of [given.email, bo.email]) {
      expect((await promisedTo(email, given)).sort()).toEqual([
        ...["reminder waiting", "reminder waiting", "reminder withdrawn", "reminder withdrawn", "scheduled delivered"],
      ]);
    }
    await drainAt(dayBefore);
    expect(await reminded(given.email, bo.email)).toEqual([0, 0]);
    await drainAt(plus(startsAt, -3 * hourMs));
    expect(await reminded(given.email, bo.email)).toEqual([1, 1]);
    await drainAt(hourBefore);
    expect(await subjectsTo(given.email)).toEqual(["Invitation", "Soon", "Soon"]);
  });

  test("takes back none that has come due, nor does one that was taken back overtake it", async () => {
    const given = await invited();
    await drainAt(dayBefore, { postman: { deliver: async () => ({ outcome: "later", why: "away" }) } });
    await remindedAt(given, 24);
    await drainAt(plus(hourBefore, minuteMs));
    expect(await reminded(given.email, bo.email)).toEqual([1, 1]);
  });
});

describe("a candidate whose address is dead", () => {
  test("has the one who scheduled hear of it, once, and is sent nothing more but what fails in sight", async () => {
    const given = await invited();
    await tell("hard", (await newestScheduled(given)).id);
    await tell("hard", (await newestScheduled(given)).id);
    const told = (await lettersIn(house.owner.email)).filter(({ content }) => content.kind === "address_dead");
    expect(told).toMatchObject([{ meetingId: given.meetingId }]);
    await changed(house, given, { startsAt: plus(startsAt, hourMs) });
    const next = await scheduled(house, {
      startsAt: plus(startsAt, dayMs),
      interviewers: [bo],
      candidateId: given.candidateId,
    });
    await drain();
    expect(await subjectsTo(given.email)).toEqual(["Invitation"]);
    expect(await promisedTo(given.email, next)).toEqual(["scheduled failed"]);
    expect(await subjectsTo(bo.email)).toEqual(["Invitation", "Moved", "Invitation"]);
  });

  test("is sent what is still to come at the corrected one, with its reminders, and nothing at the former", async () => {
    const given = await invited();
    const past = await scheduled(house, {
      startsAt: plus(noon, -dayMs),
      interviewers: [bo],
      candidateId: given.candidateId,
    });
    const off = await scheduled(house, { startsAt, interviewers: [bo], candidateId: given.candidateId });
    await canceled(house, off, null);
    await tell("complaint", (await newestScheduled(given)).id);
    const email = newEmail("corrected");
    await house.owner.client.candidate.correctAddress.mutate({ candidateId: given.candidateId, email });
    await drain();
    expect(await subjectsTo(email)).toEqual(["Invitation"]);
    expect(await calendarsOf(email)).toMatchObject([{ uid: `${given.meetingId}@api.anteroom.test`, sequence: 0 }]);
    expect((await lettersTo(email))[0]?.text).toMatch(/You will meet Bo \w+ and Bo \w+ of House of Tests/);
    expect(await promisedTo(email, past)).toEqual([]);
    await drainAt(dayBefore);
    await drainAt(hourBefore);
    expect(await reminded(email, given.email)).toEqual([2, 0]);
  });

  test("and that turns out to be right is reminded once, not twice", async () => {
    const given = await invited();
    await tell("hard", (await newestScheduled(given)).id);
    const { email, candidateId } = given;
    await house.owner.client.candidate.correctAddress.mutate({ candidateId, email });
    expect((await candidateIn(candidateId)).emailStatus).toBe("ok");
    await drainAt(dayBefore);
    expect(await reminded(email)).toEqual([1]);
    expect(await subjectsTo(email)).toEqual(["Invitation", "Invitation", "Soon"]);
  });

  const edits = [{ startsAt: plus(startsAt, hourMs), endsAt: plus(startsAt, 2 * hourMs) }, { reminderHours: [3] }];
  test.each(edits)("is not corrected past a meeting that changes in the same moment", async (change) => {
    const given = await invited();
    const db = database();
    const read: Database["read"] = async (asked) => {
      const found = await db.read(asked);
      const edit = { meetingId: given.meetingId, version: 1, ...change, isOverlapConfirmed: true };
      await house.owner.client.meeting.edit.mutate(edit);
      return found;
    };
    const asked = { candidateId: given.candidateId, email: newEmail("corrected") };
    const late = correctCandidateAddress(systemDeps({ db: { ...db, read } }), memberScopeOf(house), asked);
    await expect(late).rejects.toMatchObject({ reason: "moved_on" });
    expect((await candidateIn(given.candidateId)).email).toBe(given.email);
  });
});

test("who may not schedule has no meeting sent to another address, whatever else of the candidate they manage", async () => {
  const project = await givenProject(house);
  const asManager = { projectId: project.id, memberId: eve.memberId, role: "interview_manager" } as const;
  await house.owner.client.project.assignRole.mutate(asManager);
  const { interviewId, candidateId } = await newInterview(house, project.id);
  const given = await scheduled(house, { startsAt, interviewers: [bo], candidateId });
  const { correctAddress } = eve.client.invitation;
  const tried = () => correctAddress.mutate({ interviewId, email: newEmail("corrected") });
  expect(await refusalOf(tried())).toMatchObject({ reason: "not_allowed" });
  await canceled(house, given, null);
  expect((await tried()).isResent).toBe(true);
});

async function newestScheduled({ email, meetingId }: Given) {
  const found = (await lettersIn(email)).find(
    (one) => one.meetingId === meetingId && one.content.kind === "meeting_scheduled",
  );
  if (!found) throw new Error("an invitation was promised");
  return found;
}

test("whoever has a meeting is kept when their interview is removed, with its letters", async () => {
  const project = await givenProject(house);
  const { interviewId, candidateId, email } = await newInterview(house, project.id);
  const given = await scheduled(house, { startsAt, interviewers: [bo], candidateId });
  const removed = await house.owner.client.interview.remove.mutate({ interviewId });
  expect(removed).toEqual({ interviewId, candidateRemoved: false });
  await drain();
  expect(await promisedTo(email, given)).toEqual(["scheduled delivered", "reminder waiting", "reminder waiting"]);
  expect((await anteroom(house.owner.token).candidate.get.query({ candidateId })).id).toBe(candidateId);
});
