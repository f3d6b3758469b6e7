// Removing an interview that nobody had opened took its candidate along when they had no other, and failed where they had a refcheck; and
// a session by a refcheck's link counted as one that had seen the interview.
import { beforeAll, expect, test } from "vitest";
import { newRefcheck } from "../support/refcheck.ts";
import { newInterview } from "../support/stage.ts";
import {
  anteroom,
  givenOrganization,
  givenProject,
  type House,
  lettersTo,
  newestToken,
  refusalOf,
} from "../support/world.ts";

let house: House;
let projectId: `prj_${string}`;
beforeAll(async () => {
  house = await givenOrganization();
  projectId = (await givenProject(house)).id;
});

test("whoever has a refcheck is kept, with its letter and its link, when their interview is removed", async () => {
  const { interviewId, email } = await newInterview(house, projectId);
  const candidate = { email, firstName: "Cleo", lastName: "Candidate" };
  const { refcheckId } = await newRefcheck(house, "invited", { candidate });
  const token = await newestToken(email);
  const came = await anteroom().identity.useLink.mutate({ token });
  const { interview, refcheck } = house.owner.client;
  await interview.remove.mutate({ interviewId });
  expect(await refusalOf(interview.get.query({ interviewId }))).toMatchObject({ reason: "not_found" });
  expect(await refcheck.get.query({ refcheckId })).toMatchObject({
    status: "awaiting_candidate",
    candidate: { email },
  });
  expect(await anteroom(came.token).refcheck.own.query({ refcheckId })).toMatchObject({ id: refcheckId });
  expect((await lettersTo(email)).map(({ path }) => path?.split("/")[2])).toContain("refchecks");
});

test("whoever came by their interview's link has seen it, and by no other", async () => {
  const { interviewId, email } = await newInterview(house, projectId);
  await anteroom().identity.useLink.mutate({ token: await newestToken(email) });
  const refused = await refusalOf(house.owner.client.interview.remove.mutate({ interviewId }));
  expect(refused).toMatchObject({ reason: "already_opened" });
});
