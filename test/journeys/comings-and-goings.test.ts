import { runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterAll, beforeEach, expect, test, vi } from "vitest";
import { dayMs, hourMs, minuteMs, after as plus, secondMs } from "../../src/kernel/clock.ts";
import type { InterviewId } from "../../src/kernel/ids.ts";
import {
  admitted,
  answerAll,
  anteroom,
  givenInvited,
  givenOrganization,
  givenProject,
  lettersTo,
  newEmail,
  refusalOf,
} from "../support/world.ts";

const noon = new Date("2031-03-03T12:00:00.000Z");

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: noon }));
afterAll(() => vi.useRealTimers());

const person = () => ({ email: newEmail("candidate"), firstName: "Cleo", lastName: "Candidate" });
const alarm = (interviewId: InterviewId) => runDurableObjectAlarm(env.DEADLINE.getByName(interviewId));
const subjectsTo = async (email: string) => (await lettersTo(email)).map(({ subject }) => subject);

test("the three documented requests: created as new whatever is sent, given a deadline, then invited by it", async () => {
  const house = await givenOrganization();
  const { id: projectId } = await givenProject(house);
  const { interview } = house.owner.client;
  const candidate = person();
  const sent = { projectId, candidate, status: "invited", deadline: noon, deadlineAt: plus(noon, dayMs) };
  const created = await interview.create.mutate(sent);
  expect(created).toMatchObject({ status: "new", version: 1, deadlineAt: null });
  expect(created.availableActions).toEqual(["invite", "skip", "set_deadline", "accommodate", "schedule"]);
  const interviewId = created.id;
  expect(await lettersTo(candidate.email)).toEqual([]);

  const deadlineAt = plus(noon, 3 * dayMs);
  expect(await interview.setDeadline.mutate({ interviewId, deadlineAt })).toMatchObject({ status: "new", deadlineAt });
  expect(await interview.advance.mutate({ interviewId })).toMatchObject({ status: "invited", version: 3, deadlineAt });
  expect(await subjectsTo(candidate.email)).toHaveLength(1);
  expect(await refusalOf(interview.advance.mutate({ interviewId }))).toMatchObject({
    ...{ reason: "illegal_step", code: "CONFLICT" },
    facts: { from: "invited", verb: "invite", allowed: ["skip", "set_deadline", "accommodate"] },
  });
});

test("without a deadline the project's default period counts, else the organization's; one that has passed is refused", async () => {
  const house = await givenOrganization();
  const [own, none] = [await givenProject(house, { defaultInterviewPeriodSeconds: 7_200 }), await givenProject(house)];
  const { interview } = house.owner.client;
  const invited = await interview.createAndInvite.mutate({ projectId: own.id, candidate: person() });
  expect(invited.deadlineAt).toEqual(plus(noon, 2 * hourMs));
  const { id: interviewId } = await interview.create.mutate({ projectId: none.id, candidate: person() });
  const byOrganization = plus(noon, house.organization.defaultInterviewPeriodSeconds * secondMs);
  expect(await interview.advance.mutate({ interviewId })).toMatchObject({ deadlineAt: byOrganization });

  const { id: waiting } = await interview.create.mutate({ projectId: own.id, candidate: person() });
  await interview.setDeadline.mutate({ interviewId: waiting, deadlineAt: plus(noon, hourMs) });
  vi.setSystemTime(plus(noon, hourMs));
  expect(await refusalOf(interview.advance.mutate({ interviewId: waiting }))).toMatchObject({
    reason: "deadline_needed",
  });
  const late = { projectId: own.id, candidate: person(), deadlineAt: noon };
  expect(await refusalOf(interview.createAndInvite.mutate(late))).toMatchObject({ reason: "deadline_in_past" });
  expect((await interview.list.query({ search: late.candidate.email })).items).toEqual([]);
});

test("a candidate who misses the deadline is expired by the alarm, restored by a letter, and finishes", async () => {
  const house = await givenOrganization();
  const project = await givenProject(house);
  const { interview } = house.owner.client;
  const invited = await givenInvited(house, project, { deadlineAt: plus(noon, hourMs) });
  const { email } = invited;
  const interviewId = invited.interview.id;
  vi.setSystemTime(plus(noon, hourMs));
  expect(await alarm(interviewId)).toBe(true);
  expect(await invited.client.interview.own.query({ interviewId })).toMatchObject({
    status: "expired",
    availableActions: [],
  });
  expect(await refusalOf(invited.client.interview.confirm.mutate({ interviewId }))).toMatchObject({
    ...{ reason: "illegal_step", facts: { from: "expired", verb: "confirm", allowed: [] } },
  });

  const deadlineAt = plus(noon, dayMs);
  expect(await interview.restore.mutate({ interviewId, deadlineAt })).toMatchObject({ status: "invited", deadlineAt });
  expect(await lettersTo(email)).toHaveLength(2);
  const { client } = await admitted(email);
  await client.interview.confirm.mutate({ interviewId });
  await client.interview.start.mutate({ interviewId });
  await answerAll({ ...invited, client });
  expect(await client.interview.finish.mutate({ interviewId })).toMatchObject({ status: "interviewed" });
  const { items } = await interview.events.query({ interviewId });
  expect(items.map(({ verb }) => verb).join(" ")).toBe("create invite expire restore confirm start finish");
  vi.setSystemTime(deadlineAt);
  expect(await alarm(interviewId)).toBe(false);
  expect(await interview.get.query({ interviewId })).toMatchObject({ status: "interviewed", availableActions: [] });
});

test("a candidate who leaves is reset, begins anew by the new letter's link, and may leave by running out of time", async () => {
  const house = await givenOrganization();
  const project = await givenProject(house, { maxInterviewSeconds: 600 });
  const { interview } = house.owner.client;
  const invited = await givenInvited(house, project, { deadlineAt: plus(noon, hourMs) });
  const { client } = invited;
  const interviewId = invited.interview.id;
  await client.interview.confirm.mutate({ interviewId });
  expect(await client.interview.start.mutate({ interviewId })).toMatchObject({ endsAt: plus(noon, 10 * minuteMs) });
  expect(await client.interview.abort.mutate({ interviewId })).toMatchObject({
    status: "aborted",
    availableActions: [],
  });
  expect(await interview.get.query({ interviewId })).toMatchObject({
    availableActions: ["reset", "skip", "set_deadline", "accommodate"],
  });
  expect(await interview.reset.mutate({ interviewId, why: "The line broke" })).toMatchObject({ status: "confirmed" });

  const { client: again } = await admitted(invited.email);
  await again.interview.start.mutate({ interviewId });
  vi.setSystemTime(plus(noon, 10 * minuteMs));
  expect(await again.interview.own.query({ interviewId })).toMatchObject({ status: "aborted" });
  vi.setSystemTime(plus(noon, hourMs));
  expect(await refusalOf(interview.reset.mutate({ interviewId }))).toMatchObject({ reason: "deadline_needed" });
  expect(await interview.skip.mutate({ interviewId, why: "Enough" })).toMatchObject({ status: "skipped" });
  expect((await interview.events.query({ interviewId })).items.at(-1)).toMatchObject({ verb: "skip", why: "Enough" });
});

test("an interview that opens later is confirmed at once and started when it opens", async () => {
  const house = await givenOrganization();
  const project = await givenProject(house);
  const opensAt = plus(noon, hourMs);
  const { client, interview } = await givenInvited(house, project, { opensAt, deadlineAt: plus(noon, 2 * hourMs) });
  const interviewId = interview.id;
  expect(await client.interview.confirm.mutate({ interviewId })).toMatchObject({ opensAt, availableActions: [] });
  vi.setSystemTime(plus(opensAt, -1));
  expect(await refusalOf(client.interview.start.mutate({ interviewId }))).toMatchObject({
    ...{ reason: "not_open_yet", facts: { opensAt: opensAt.toISOString() } },
  });
  vi.setSystemTime(opensAt);
  expect(await client.interview.own.query({ interviewId })).toMatchObject({ availableActions: ["start"] });
  expect(await client.interview.start.mutate({ interviewId })).toMatchObject({ status: "interviewing" });

  const later = plus(opensAt, hourMs);
  const backwards = { projectId: project.id, candidate: person(), opensAt: later, deadlineAt: later };
  const { createAndInvite } = house.owner.client.interview;
  expect(await refusalOf(createAndInvite.mutate(backwards))).toMatchObject({ reason: "opens_after_deadline" });
});

test("a project that asks for a password is confirmed with one, which signs in from then on", async () => {
  const house = await givenOrganization();
  const project = await givenProject(house, { passwordRequired: true });
  const { client, email, interview } = await givenInvited(house, project);
  const interviewId = interview.id;
  const { confirm } = client.interview;
  expect(await client.interview.own.query({ interviewId })).toMatchObject({ passwordNeeded: true });
  expect(await refusalOf(confirm.mutate({ interviewId }))).toMatchObject({ reason: "password_needed" });
  expect(await refusalOf(confirm.mutate({ interviewId, password: email }))).toMatchObject({ reason: "weak_password" });
  expect(await client.interview.own.query({ interviewId })).toMatchObject({ status: "invited" });
  const password = "five slow herons in reeds";
  expect(await confirm.mutate({ interviewId, password })).toMatchObject({ status: "confirmed", passwordNeeded: false });
  const organization = house.organization.slug;
  const { token } = await anteroom().identity.signInCandidate.mutate({ organization, email, password });
  expect(await anteroom(token).interview.own.query({ interviewId })).toMatchObject({ status: "confirmed" });
});

test("candidates are invited only while the project is active; an archived one keeps what it has", async () => {
  const house = await givenOrganization();
  const { project: projects, interview } = house.owner.client;
  const draft = await projects.create.mutate({ name: "Draft" });
  const early = await interview.create.mutate({ projectId: draft.id, candidate: person() });
  expect(await refusalOf(interview.advance.mutate({ interviewId: early.id }))).toMatchObject({
    reason: "project_not_active",
  });
  const both = { projectId: draft.id, candidate: person() };
  expect(await refusalOf(interview.createAndInvite.mutate(both))).toMatchObject({ reason: "project_not_active" });

  const project = await givenProject(house);
  const { interview: kept } = await givenInvited(house, project);
  await projects.archive.mutate({ projectId: project.id });
  const late = { projectId: project.id, candidate: person() };
  expect(await refusalOf(interview.create.mutate(late))).toMatchObject({ reason: "project_archived" });
  expect(await refusalOf(interview.createAndInvite.mutate(late))).toMatchObject({ reason: "project_not_active" });
  expect(await interview.get.query({ interviewId: kept.id })).toMatchObject({ status: "invited" });
});
