import { beforeAll, expect, test } from "vitest";
import { newCandidate } from "../support/background.ts";
import { newInterview } from "../support/stage.ts";
import {
  admitted,
  anteroom,
  givenMember,
  givenOrganization,
  givenProject,
  type House,
  type Member,
  refusalOf,
  tripsOf,
} from "../support/world.ts";

let house: House;
let admin: Member;
let recruiter: Member;
let manager: Member;
let project: Awaited<ReturnType<typeof givenProject>>;
beforeAll(async () => {
  house = await givenOrganization();
  [admin, recruiter, manager] = await Promise.all([
    givenMember(house, "admin"),
    givenMember(house, "recruiter"),
    givenMember(house, "hiring_manager"),
  ]);
  project = await givenProject(house);
  const role = { projectId: project.id, memberId: manager.memberId, role: "evaluator" as const };
  await house.owner.client.project.assignRole.mutate(role);
});

const reasonOf = async (call: Promise<unknown>) => (await refusalOf(call)).reason;
const interviewed = async () => (await newInterview(house, project.id)).candidateId;

test("a note tells who wrote it and when, and to its author and to admins that they may change it", async () => {
  const candidateId = await interviewed();
  const written = await manager.client.note.add.mutate({ candidateId, text: "Asked good questions.\nWants days." });
  expect(written).toEqual({
    ...{ id: written.id, candidateId, text: "Asked good questions.\nWants days." },
    author: { memberId: manager.memberId, firstName: "Bo", lastName: "hiring_manager" },
    ...{ createdAt: expect.any(Date), editedAt: null, mayEdit: true },
  });
  const { items } = await admin.client.note.list.query({ candidateId });
  expect(items).toEqual([written]);
  const seen = await recruiter.client.note.list.query({ candidateId });
  expect(seen.items).toEqual([{ ...written, mayEdit: false }]);
});

test("it is changed and removed by its author or an admin, and by nobody else who sees it", async () => {
  const candidateId = await interviewed();
  const { id: noteId } = await manager.client.note.add.mutate({ candidateId, text: "First." });
  expect(await reasonOf(recruiter.client.note.edit.mutate({ noteId, text: "Not so." }))).toBe("not_allowed");
  expect(await reasonOf(recruiter.client.note.remove.mutate({ noteId }))).toBe("not_allowed");
  const edited = await manager.client.note.edit.mutate({ noteId, text: "Second." });
  expect(edited).toMatchObject({ text: "Second.", editedAt: expect.any(Date) });
  const byAdmin = await admin.client.note.edit.mutate({ noteId, text: "Third." });
  expect(byAdmin).toMatchObject({ text: "Third.", author: edited.author, createdAt: edited.createdAt });
  await manager.client.note.remove.mutate({ noteId });
  expect(await reasonOf(manager.client.note.edit.mutate({ noteId, text: "Fourth." }))).toBe("not_found");
  expect(await reasonOf(admin.client.note.remove.mutate({ noteId }))).toBe("not_found");
  expect((await admin.client.note.list.query({ candidateId })).items).toEqual([]);
});

test("whoever does not see the candidate any more does not see what they wrote either", async () => {
  const candidateId = await newCandidate(house);
  const { id: noteId } = await recruiter.client.note.add.mutate({ candidateId, text: "Called back." });
  const calls = [
    manager.client.note.add.mutate({ candidateId, text: "Who?" }),
    manager.client.note.list.query({ candidateId }),
    manager.client.note.edit.mutate({ noteId, text: "Who?" }),
    manager.client.note.remove.mutate({ noteId }),
  ];
  expect(await Promise.all(calls.map(reasonOf))).toEqual(calls.map(() => "not_found"));
});

test("notes come newest first, page by page, nothing missed and nothing twice", async () => {
  const candidateId = await newCandidate(house);
  await recruiter.client.note.add.mutate({ candidateId: await newCandidate(house), text: "Somebody else." });
  const written: string[] = [];
  for (let nth = 0; nth < 7; nth += 1)
    written.unshift((await recruiter.client.note.add.mutate({ candidateId, text: `Note ${nth}.` })).id);
  const seen: string[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await recruiter.client.note.list.query({ candidateId, size: 3, ...(cursor && { cursor }) });
    seen.push(...page.items.map(({ id }) => id));
    cursor = page.nextCursor;
  }
  expect(seen).toEqual(written);
});

test("a note says something, and is not endless", async () => {
  const candidateId = await newCandidate(house);
  for (const text of ["", " \n\t ", "x".repeat(10_001)])
    expect(await reasonOf(recruiter.client.note.add.mutate({ candidateId, text }))).toBe("bad_input");
  const long = "x".repeat(10_000);
  expect(await recruiter.client.note.add.mutate({ candidateId, text: long })).toMatchObject({ text: long });
});

test("candidates never see them", async () => {
  const { candidateId, email } = await newInterview(house, project.id);
  await recruiter.client.note.add.mutate({ candidateId, text: "A word nobody else reads: okapi." });
  const { client, token } = await admitted(email);
  expect(await reasonOf(client.note.list.query({ candidateId }))).toBe("wrong_actor");
  expect(await reasonOf(anteroom(token).background.get.query({ candidateId }))).toBe("wrong_actor");
  const own = [await client.candidate.me.query(), await client.interview.listOwn.query({})];
  expect(JSON.stringify(own)).not.toContain("okapi");
});

test("notes of somebody who has left stay, under their name", async () => {
  const candidateId = await newCandidate(house);
  const leaver = await givenMember(house, "recruiter");
  await leaver.client.note.add.mutate({ candidateId, text: "Goodbye." });
  await house.owner.client.member.remove.mutate({ memberId: leaver.memberId });
  const { items } = await admin.client.note.list.query({ candidateId });
  expect(items).toMatchObject([{ text: "Goodbye.", author: { memberId: leaver.memberId }, mayEdit: true }]);
});

test("a list takes one round trip, and so does each change", async () => {
  const candidateId = await newCandidate(house);
  expect(await tripsOf(recruiter.token, ({ note }) => note.list.query({ candidateId }))).toBe(1);
  expect(await tripsOf(recruiter.token, ({ note }) => note.add.mutate({ candidateId, text: "One." }))).toBe(1);
});
