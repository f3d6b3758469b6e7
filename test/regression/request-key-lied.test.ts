// The same request key with another person, another project or another verb answered with the first interview.
import { expect, test } from "vitest";
import { givenOrganization, givenProject, newEmail, refusalOf } from "../support/world.ts";

test("a request key answers for one request: the same again is the same interview, anything else is refused", async () => {
  const house = await givenOrganization();
  const [project, other] = [await givenProject(house), await givenProject(house)];
  const { interview } = house.owner.client;
  const person = () => ({ email: newEmail("candidate"), firstName: "Cleo", lastName: "Candidate" });
  const request = { projectId: project.id, candidate: person(), requestKey: `key-${crypto.randomUUID()}` };
  const first = await interview.create.mutate(request);
  expect(await interview.create.mutate(request)).toEqual(first);
  for (const different of [
    () => interview.create.mutate({ ...request, candidate: person() }),
    () => interview.create.mutate({ ...request, projectId: other.id }),
    () => interview.createAndInvite.mutate(request),
  ]) {
    expect(await refusalOf(different())).toMatchObject({ code: "CONFLICT", reason: "request_key_used" });
  }
  expect((await interview.list.query({ size: 10 })).total).toEqual({ count: 1, isCapped: false });
});
