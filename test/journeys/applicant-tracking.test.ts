// Every request that applicant-tracking shows, with its very data, as a frontend makes it through the typed client. Who calls and in which
// organization stands in the token, and is not sent.
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { documentsEducation, documentsExperience, documentsSkills } from "../support/background.ts";
import { enterpriseSales } from "../support/pipeline.ts";
import {
  anteroom,
  type Client,
  givenMember,
  givenOrganization,
  type House,
  newestToken,
  refusalOf,
} from "../support/world.ts";

const jane = { firstName: "Jane", lastName: "Doe", email: "jane.doe@example.com" };

let house: House;
let client: Client;
let memberId: `mem_${string}`;
let candidateId: `cnd_${string}`;

beforeAll(async () => {
  // Before the day of the document's interview.
  vi.setSystemTime("2024-01-15T09:00:00.000Z");
  house = await givenOrganization();
  ({ client, memberId } = await givenMember(house, "recruiter"));
  const created = await client.candidate.create.mutate({
    user: jane,
    password: "temporaryPassword",
    appliedDate: "2024-01-10",
  });
  candidateId = created.id;
});

afterAll(() => {
  vi.useRealTimers();
});

describe("candidates", () => {
  test("create candidate: with a password, by which they can sign in", async () => {
    const organization = house.organization.slug;
    const signIn = { email: jane.email, password: "temporaryPassword", organization };
    expect(await anteroom().identity.signInCandidate.mutate(signIn)).toMatchObject({ candidateId });
    const again = client.candidate.create.mutate({ user: { ...jane, email: "JANE.DOE@example.com" } });
    expect(await refusalOf(again)).toMatchObject({ reason: "candidate_known", facts: { candidateId, by: "email" } });
  });

  test("list candidates: take, skip, and the user and source with each", async () => {
    await client.candidate.edit.mutate({ candidateId, source: "LinkedIn", rating: 4.5 });
    const page = await client.candidate.listPage.query({ take: 20, skip: 0, include: ["user", "source"] });
    expect(page).toMatchObject({
      items: [
        {
          ...{ id: candidateId, organizationId: house.organization.id, rating: 4.5, status: "APPLIED" },
          ...{ appliedDate: "2024-01-10", hiredDate: null, rejectDate: null, user: jane, source: { name: "LinkedIn" } },
        },
      ],
      total: 1,
    });
  });

  test("update candidate: a rating and a status", async () => {
    const edited = await client.candidate.edit.mutate({ candidateId, rating: 4.5, status: "INTERVIEWED" });
    expect(edited).toMatchObject({ rating: 4.5, ratedBy: "hand", status: "INTERVIEWED" });
  });

  test("candidate statuses: applied, interviewed, rejected, hired, and nothing else", async () => {
    for (const status of ["APPLIED", "REJECTED", "INTERVIEWED", "HIRED"] as const)
      expect((await client.candidate.list.query({ status })).items.every((one) => one.status === status)).toBe(true);
    const unknown = client.candidate.list.query({ status: "DREAMING" as "HIRED" });
    expect(await refusalOf(unknown)).toMatchObject({ reason: "bad_input" });
  });
});

describe("what is known of a candidate", () => {
  test("add skills", async () => {
    const { skills } = await client.background.addSkills.mutate({ candidateId, ...documentsSkills });
    expect(skills).toEqual(expect.arrayContaining([...documentsSkills.skills]));
  });

  test("add experience", async () => {
    const added = await client.background.addExperience.mutate({ candidateId, ...documentsExperience });
    expect(added).toMatchObject(documentsExperience);
  });

  test("add education", async () => {
    const added = await client.background.addEducation.mutate({ candidateId, ...documentsEducation });
    expect(added).toMatchObject(documentsEducation);
    expect(await client.background.get.query({ candidateId })).toMatchObject({
      experience: [documentsExperience],
      education: [documentsEducation],
    });
  });
});

describe("invitations", () => {
  test("send invite, and accept invite by its token", async () => {
    const email = "user@example.com";
    const invites = [{ email, access: "recruiter" as const, startedWorkOn: "2024-02-01" }];
    const { results } = await house.owner.client.invite.create.mutate({ invites });
    expect(results).toHaveLength(1);
    const { items } = await house.owner.client.invite.list.query({});
    expect(items.find((one) => one.email === email)).toMatchObject({
      status: "INVITED",
      startedWorkOn: "2024-02-01",
      invitedBy: { memberId: house.owner.memberId },
    });
    const details = { firstName: "Uma", lastName: "User", password: "nine grey herons by a pond" };
    await anteroom().invite.accept.mutate({ email, token: await newestToken(email), ...details });
    const after = await house.owner.client.invite.list.query({});
    expect(after.items.find((one) => one.email === email)).toMatchObject({ status: "ACCEPTED" });
  });
});

describe("sales pipelines", () => {
  test("create pipeline, and list pipelines", async () => {
    const made = await client.pipeline.create.mutate(enterpriseSales);
    expect(made).toMatchObject({ name: "Enterprise Sales", description: "Pipeline for enterprise deals" });
    expect(made.stages.map(({ name, index }) => ({ name, index }))).toEqual(enterpriseSales.stages);
    const { items } = await client.pipeline.list.query({});
    expect(items.map(({ id }) => id)).toEqual([made.id]);
  });
});

describe("contacts", () => {
  test("create contact, and list contacts: take and skip", async () => {
    const acme = { name: "Acme Corporation", primaryEmail: "contact@acme.com", primaryPhone: "+1-555-0100" };
    const made = await client.contact.create.mutate({ ...acme, contactType: "CLIENT" });
    const { items, total } = await client.contact.listPage.query({ take: 20, skip: 0 });
    expect({ total, ids: items.map(({ id }) => id) }).toEqual({ total: 1, ids: [made.id] });
    expect(items[0]).toMatchObject({ ...acme, primaryPhone: "+15550100", contactType: "CLIENT" });
  });

  test("contact types: client, lead, customer, and nothing else", async () => {
    for (const contactType of ["CLIENT", "LEAD", "CUSTOMER"] as const)
      expect(await client.contact.list.query({ contactType })).toMatchObject({ nextCursor: null });
    const unknown = client.contact.create.mutate({ name: "Acme Corporation", contactType: "FRIEND" as "LEAD" });
    expect(await refusalOf(unknown)).toMatchObject({ reason: "bad_input" });
  });
});

describe("candidate interviews", () => {
  const title = "Technical Interview";
  let meetingId: `mtg_${string}`;

  test("schedule interview, and list interviews of a candidate", async () => {
    const times = { startsAt: "2024-01-20T10:00:00.000Z", endsAt: "2024-01-20T11:00:00.000Z" };
    const asked = { title, ...times, candidateId, interviewers: [{ memberId }] };
    const made = await client.meeting.schedule.mutate(asked);
    meetingId = made.id;
    const { items } = await client.meeting.list.query({ candidateId });
    expect(items).toMatchObject([
      {
        ...{ id: made.id, organizationId: house.organization.id, title, status: "scheduled" },
        ...{ startsAt: new Date(times.startsAt), endsAt: new Date(times.endsAt), interviewers: [{ memberId }] },
      },
    ]);
  });

  test("interview feedback: once it has begun, and the ratings follow", async () => {
    const feedback = { description: "Strong technical skills, good cultural fit", rating: 4.5 };
    const early = client.feedback.give.mutate({ meetingId, ...feedback });
    expect(await refusalOf(early)).toMatchObject({ reason: "meeting_not_begun" });
    vi.setSystemTime("2024-01-20T10:00:00.000Z");
    const given = await client.feedback.give.mutate({ meetingId, ...feedback });
    expect(given).toMatchObject({ ...feedback, meetingId, candidateId, interviewer: { memberId } });
    expect(await client.meeting.get.query({ meetingId })).toMatchObject({ status: "running", rating: 4.5 });
    await client.candidate.edit.mutate({ candidateId, rating: null });
    const { rating, ratedBy } = await client.candidate.get.query({ candidateId });
    expect({ rating, ratedBy }).toEqual({ rating: 4.5, ratedBy: "feedback" });
  });
});
