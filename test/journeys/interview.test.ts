import { expect, test } from "vitest";
import { answerAll, givenInvited, givenOrganization, givenProject, lettersTo, refusalOf } from "../support/world.ts";

test("an interview goes from invitation to finish, and everybody who should hears of it", async () => {
  const house = await givenOrganization();
  const project = await givenProject(house);
  await house.owner.client.project.assignRole.mutate({
    projectId: project.id,
    memberId: house.owner.memberId,
    role: "evaluator",
  });
  const invited = await givenInvited(house, project);
  const { client, interview } = invited;
  const interviewId = interview.id;
  expect(interview).toMatchObject({
    status: "invited",
    version: 2,
    availableActions: ["skip", "set_deadline", "accommodate"],
  });

  const before = await client.interview.own.query({ interviewId });
  expect(before).toMatchObject({ status: "invited", availableActions: ["confirm"], stepCount: 3, endsAt: null });
  expect(await refusalOf(client.interview.start.mutate({ interviewId }))).toMatchObject({
    code: "CONFLICT",
    reason: "illegal_step",
    facts: { from: "invited", verb: "start", allowed: ["confirm"] },
  });

  expect(await client.interview.confirm.mutate({ interviewId })).toMatchObject({ status: "confirmed" });
  expect(await client.interview.start.mutate({ interviewId })).toMatchObject({
    status: "interviewing",
    endsAt: expect.any(Date),
    availableActions: ["finish", "abort"],
  });
  expect(await refusalOf(client.interview.finish.mutate({ interviewId }))).toMatchObject({ reason: "steps_left" });
  await answerAll(invited);
  expect(await client.interview.finish.mutate({ interviewId })).toMatchObject({
    status: "interviewed",
    availableActions: [],
  });

  const { items } = await house.owner.client.interview.events.query({ interviewId });
  expect(items.map(({ verb }) => verb)).toEqual(["create", "invite", "confirm", "start", "finish"]);
  expect(items.map(({ version }) => version)).toEqual([1, 2, 3, 4, 5]);
  const given = await house.owner.client.answer.given.query({ interviewId });
  expect(given.steps.map(({ points }) => points)).toEqual([null, null, 5]);
  expect((await lettersTo(house.owner.email)).at(-1)?.subject).toContain("Cleo Candidate");
});
