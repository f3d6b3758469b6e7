import { beforeAll, expect, test } from "vitest";
import {
  admitted,
  anteroom,
  givenInvited,
  givenOrganization,
  givenProject,
  type House,
  lettersTo,
  refusalOf,
  tripsOf,
} from "../support/world.ts";

let house: House;
let project: Awaited<ReturnType<typeof givenProject>>;
beforeAll(async () => {
  house = await givenOrganization();
  project = await givenProject(house);
});

const first = "eight brown bears in a wood";
const second = "nine green frogs on a log";

test("a candidate sees their own record, and the letters to come are in the zone they choose", async () => {
  const { client, interview, email, token } = await givenInvited(house, project);
  expect(await client.candidate.me.query()).toMatchObject({ email, language: "en", hasPassword: false });
  expect(await client.candidate.editProfile.mutate({ timeZone: "Asia/Tokyo" })).toMatchObject({
    email,
    language: "en",
    timeZone: "Asia/Tokyo",
  });
  await house.owner.client.invitation.resend.mutate({ interviewId: interview.id });
  expect((await lettersTo(email)).at(-1)?.text).toContain("Asia/Tokyo");
  expect(await tripsOf(token, (own) => own.candidate.me.query())).toBe(1);
});

test("a candidate changes the password they know; other sessions end, and only the new one signs in", async () => {
  const { client, interview, email } = await givenInvited(house, project);
  const change = { current: first, next: second };
  expect(await refusalOf(client.candidate.changePassword.mutate(change))).toMatchObject({ reason: "wrong_password" });
  await client.interview.confirm.mutate({ interviewId: interview.id, password: first });
  const elsewhere = await admitted(email);
  expect(await refusalOf(client.candidate.changePassword.mutate({ ...change, current: second }))).toMatchObject({
    reason: "wrong_password",
  });
  await client.candidate.changePassword.mutate(change);
  expect(await client.candidate.me.query()).toMatchObject({ hasPassword: true });
  expect(await refusalOf(elsewhere.client.candidate.me.query())).toMatchObject({ reason: "signed_out" });
  const signIn = (password: string) =>
    anteroom().identity.signInCandidate.mutate({ organization: house.organization.slug, email, password });
  expect(await refusalOf(signIn(first))).toMatchObject({ reason: "wrong_credentials" });
  expect((await signIn(second)).kind).toBe("candidate");
});

test("guesses at a candidate's password are counted", async () => {
  const { client, interview } = await givenInvited(house, project);
  await client.interview.confirm.mutate({ interviewId: interview.id, password: first });
  const guess = () => refusalOf(client.candidate.changePassword.mutate({ current: "a wrong guess", next: second }));
  const reasons: string[] = [];
  for (let tries = 0; tries < 11; tries += 1) reasons.push((await guess()).reason);
  expect(reasons).toEqual([...Array.from({ length: 10 }, () => "wrong_password"), "slow_down"]);
});
