// What broke: whoever took a step on an interview that was late, but not yet written down as late, raced our own writing
// it down and was sometimes told that somebody else had been quicker.
import { expect, test } from "vitest";
import { newInterview } from "../support/stage.ts";
import { givenOrganization, givenProject, refusalOf } from "../support/world.ts";

test("an expired interview that nobody has written down is restored at the first try, every time", async () => {
  const house = await givenOrganization();
  const { id: projectId } = await givenProject(house);
  const { interview } = house.owner.client;
  const deadlineAt = new Date(Date.now() + 86_400_000);
  for (let time = 0; time < 12; time += 1) {
    const { interviewId } = await newInterview(house, projectId, "expired");
    expect(await interview.restore.mutate({ interviewId, deadlineAt })).toMatchObject({ status: "invited" });
    const { items } = await interview.events.query({ interviewId });
    expect(items.map(({ verb }) => verb)).toEqual(["create", "invite", "expire", "restore"]);
  }
});

test("a step that is refused because it is late still has the lateness written down", async () => {
  const house = await givenOrganization();
  const { id: projectId } = await givenProject(house);
  const { interview } = house.owner.client;
  const { interviewId } = await newInterview(house, projectId, "expired");
  expect(await refusalOf(interview.reset.mutate({ interviewId }))).toMatchObject({ reason: "illegal_step" });
  const { items } = await interview.events.query({ interviewId });
  expect(items.map(({ verb }) => verb)).toEqual(["create", "invite", "expire"]);
});
