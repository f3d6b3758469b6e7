// The workflows of reference-checks, each from its first call to its last, as a frontend makes them through the typed client.
import { expect, test } from "vitest";
import { aReference, givenRole, newRefcheck, shortAnswers } from "../support/refcheck.ts";
import {
  anteroom,
  givenMember,
  givenOrganization,
  givenPerson,
  type House,
  lettersTo,
  newEmail,
  newestToken,
  refusalOf,
} from "../support/world.ts";

const password = "seven wild geese over water";

/** Comes in by the newest link that was mailed there. */
async function comeIn(email: string) {
  const signedIn = await anteroom().identity.useLink.mutate({ token: await newestToken(email) });
  return { signedIn, client: anteroom(signedIn.token) };
}

/** A role with one candidate, who has come in by their letter and agreed. */
async function givenConsent(house: House, over: { referencesRequired?: number; answersShared?: boolean } = {}) {
  const email = newEmail("mira");
  const { id: roleId } = await givenRole(house, { referencesRequired: 2, ...over });
  const candidate = { email, firstName: "Mira", lastName: "Okafor" };
  const { id: refcheckId } = await house.owner.client.refcheck.create.mutate({ roleId, candidate });
  const { client } = await comeIn(email);
  await client.refcheck.consent.mutate({ refcheckId, version: 1 });
  return { roleId, refcheckId, email, client };
}

/** Everything a reference does, from their letter on. */
async function answeredBy(email: string, verdict: "yes" | "no" = "yes") {
  const { client } = await comeIn(email);
  await client.reference.accept.mutate();
  await client.reference.save.mutate({ answers: shortAnswers });
  if (verdict === "no") {
    await client.reference.save.mutate({
      answers: [
        { key: "again", answer: { kind: "rehire", verdict } },
        { key: "why", answer: { kind: "text", text: "He left us in the middle of a shift." } },
      ],
    });
  }
  return client.reference.finish.mutate();
}

test("new organization sign-up: a user, an organization with its default team, and a role with candidates in one call", async () => {
  const email = newEmail("founder");
  await anteroom().identity.signUp.mutate({
    ...{ email, password, firstName: "Fleur", lastName: "Founder", timeZone: "Europe/Amsterdam" },
  });
  const signedUp = await anteroom().identity.useLink.mutate({ token: await newestToken(email), password });
  const created = await anteroom(signedUp.token).organization.create.mutate({
    ...{ name: "Harbour Coffee", slug: `harbour-${crypto.randomUUID().slice(0, 8)}` },
  });
  expect(created.team).toMatchObject({ isDefault: true });

  const { client } = { client: anteroom(created.token) };
  const { items: templates } = await client.roleTemplate.list.query({});
  const template = templates.find(({ isBuiltIn }) => isBuiltIn);
  if (!template) throw new Error("templates ship with Anteroom");
  const people = [newEmail("mira"), newEmail("noor")];
  const role = await client.role.create.mutate({
    ...{ roleTemplateId: template.id, teamId: created.team.id, title: "Head barista" },
    candidates: people.map((address) => ({ candidate: { email: address, firstName: "Mira", lastName: "Okafor" } })),
  });
  expect(role).toMatchObject({ teamId: created.team.id, title: "Head barista", referencesRequired: 2, created: 2 });
  for (const address of people) expect((await lettersTo(address)).length).toBe(1);

  const later = newEmail("later");
  await client.refcheck.create.mutate({
    roleId: role.id,
    candidate: { email: later, firstName: "Lena", lastName: "Later" },
  });
  expect((await lettersTo(later)).length).toBe(1);
});

test("candidate invitation handling: the letter's link, the refcheck with its role, and the references", async () => {
  const house = await givenOrganization();
  const email = newEmail("mira");
  const { id: roleId } = await givenRole(house, { referencesRequired: 2, referencesOptional: 1 });
  const candidate = { email, firstName: "Mira", lastName: "Okafor" };
  const made = await house.owner.client.refcheck.create.mutate({ roleId, candidate });
  expect(made).toMatchObject({ status: "awaiting_candidate", named: 0 });

  const { signedIn, client } = await comeIn(email);
  expect(signedIn).toMatchObject({ kind: "candidate", refcheckId: made.id });
  expect((await lettersTo(email))[0]?.path).toBe(`/candidate-dashboard/refchecks/${made.id}/`);
  const refcheckId = made.id;
  const own = await client.refcheck.own.query({ refcheckId, expand: ["role"] });
  expect(own.role).toMatchObject({ id: roleId, title: "Barista", referencesRequired: 2 });
  expect(own.references).toEqual([]);

  expect(await refusalOf(client.reference.add.mutate({ refcheckId, ...aReference() }))).toMatchObject({
    reason: "consent_needed",
  });
  await client.refcheck.consent.mutate({ refcheckId, version: own.consent.version });
  const [first, second] = [aReference(), aReference({ relationship: "colleague" })];
  await client.reference.add.mutate({ refcheckId, ...first });
  const both = await client.reference.add.mutate({ refcheckId, ...second });
  expect(both).toMatchObject({ status: "awaiting_references" });

  const [mistyped, tired] = both.references;
  if (!mistyped || !tired) throw new Error("two were named");
  const right = newEmail("right");
  await client.reference.edit.mutate({ referenceId: mistyped.id, email: right });
  const replaced = await client.reference.replace.mutate({ referenceId: tired.id, by: aReference() });
  expect(replaced.references.map(({ status }) => status)).toEqual(["invited", "replaced", "invited"]);
  expect((await lettersTo(right)).length).toBe(1);
  const stale = anteroom().identity.useLink.mutate({ token: await newestToken(first.email) });
  expect(await refusalOf(stale)).toMatchObject({ reason: "link_dead" });

  // The link in the letter stays good: whoever comes back finds what they left.
  const again = await comeIn(email);
  expect((await again.client.refcheck.own.query({ refcheckId })).references.length).toBe(3);
});

test("HR manager cabinet: sign in, the list and its summary by the same filters, a refcheck, a role, sign out", async () => {
  const house = await givenOrganization();
  const { email, memberId } = await givenMember(house, "recruiter");
  const { token, user, entered } = await anteroom().identity.signIn.mutate({
    ...{ email, password: "nine grey herons by a pond" },
  });
  expect(user).toMatchObject({ email });
  expect(entered).toBe(house.organization.id);
  const client = anteroom(token);

  const { items } = await client.roleTemplate.list.query({});
  const role = await client.role.create.mutate({ roleTemplateId: items[0]?.id ?? "rtp_", title: "Roaster" });
  const candidate = { email: newEmail("ines"), firstName: "Inês", lastName: "Rocha" };
  const made = await client.refcheck.create.mutate({ roleId: role.id, candidate });
  await newRefcheck(house, "completed");

  const since = new Date(Date.now() - 3_600_000).toISOString();
  const filters = { search: "inês", createdFrom: since, status: "awaiting_candidate", roleId: role.id } as const;
  const page = await client.refcheck.list.query({ ...filters, withSummary: true });
  expect(page.items.map(({ id }) => id)).toEqual([made.id]);
  expect(page.summary).toMatchObject({ total: 1, waitingOn: { candidate: 1, references: 0, team: 0 } });
  expect(await client.refcheck.summary.query(filters)).toEqual(page.summary);
  const all = await client.refcheck.summary.query({});
  expect(all).toMatchObject({ total: 2, statuses: { awaiting_candidate: 1, completed: 1 }, overdue: 0 });
  expect(all.medianToCompleteMs).toBeGreaterThan(0);

  expect((await client.member.get.query({ memberId })).access).toBe("recruiter");
  await client.identity.signOut.mutate();
  expect(await refusalOf(client.refcheck.list.query({}))).toMatchObject({ reason: "signed_out" });
});

test("candidate report: what two references said, what stands out, a page, a table, and a link that is taken back", async () => {
  const house = await givenOrganization();
  const { refcheckId, client } = await givenConsent(house);
  const [rita, rob] = [
    aReference({ firstName: "Rita" }),
    aReference({ firstName: "Rob", email: `${crypto.randomUUID().slice(0, 8)}@gmail.com` }),
  ];
  for (const person of [rita, rob]) await client.reference.add.mutate({ refcheckId, ...person });
  await answeredBy(rita.email);
  await answeredBy(rob.email, "no");

  const staff = house.owner.client;
  const { status, signals } = await staff.refcheck.get.query({ refcheckId });
  expect([status, signals.map(({ kind }) => kind)]).toEqual(["needs_attention", ["free_mail"]]);
  const signalIds = signals.map(({ id }) => id);
  const note = "Rob has left the place where they worked.";
  expect(await staff.signal.resolve.mutate({ refcheckId, signalIds, note })).toMatchObject({ status: "completed" });

  const report = await staff.refcheckReport.get.query({ refcheckId });
  expect(report).toMatchObject({ status: "completed", rehire: { yes: 1, withReservations: 0, no: 1 } });
  expect(report.signals?.[0]).toMatchObject({ kind: "free_mail", note, resolvedByName: "Ada owner" });
  const why = report.questions.find(({ question }) => question.key === "why");
  expect(why?.answers.map(({ answer }) => answer)).toEqual([
    { kind: "text", text: "He left us in the middle of a shift." },
  ]);
  const page = await staff.refcheckReport.file.query({ refcheckId, format: "html" });
  expect(page.content).toContain("He left us in the middle of a shift.");
  const shared = await staff.refcheckReport.share.mutate({ refcheckId, label: "The owner" });
  await staff.refcheckReport.revokeShare.mutate({ reportShareId: shared.id });
  const { items } = await staff.refcheckReport.listShares.query({ refcheckId });
  expect(items).toMatchObject([{ id: shared.id, label: "The owner", revokedAt: expect.any(Date) }]);
});

test("edit profile: a user changes what is theirs, and signs in with what they have changed", async () => {
  const { client, email } = await givenPerson("ada");
  const edited = await client.identity.editProfile.mutate({
    firstName: "Adele",
    language: "fr",
    timeZone: "Europe/Paris",
  });
  expect(edited).toMatchObject({ firstName: "Adele", language: "fr", timeZone: "Europe/Paris" });
  const next = "ten brown otters in a row";
  await client.identity.changePassword.mutate({ current: password, next });
  const refused = anteroom().identity.signIn.mutate({ email, password });
  expect(await refusalOf(refused)).toMatchObject({ reason: "wrong_credentials" });
  const { user } = await anteroom().identity.signIn.mutate({ email, password: next });
  expect(user).toMatchObject({ email, firstName: "Adele" });
});

test("manage organization and team members: invited, promoted, put in teams, made a team's admin, and removed", async () => {
  const house = await givenOrganization();
  const staff = house.owner.client;
  await staff.organization.edit.mutate({ name: "Harbour Coffee" });
  expect((await staff.organization.get.query()).name).toBe("Harbour Coffee");
  const { id: teamId } = await staff.team.create.mutate({ name: "Night shift" });
  const bo = await givenMember(house, "hiring_manager");
  await staff.team.addMember.mutate({ teamId, memberId: bo.memberId });
  await staff.team.setAdmin.mutate({ teamId, memberId: bo.memberId, isAdmin: true });
  const { memberId } = await givenMember(house, "hiring_manager");
  // A team's admin manages the people of that team.
  await bo.client.team.addMember.mutate({ teamId, memberId });
  const { items } = await staff.team.members.query({ teamId });
  expect(items.map((member) => member.memberId).sort()).toEqual([bo.memberId, memberId].sort());
  await staff.member.changeAccess.mutate({ memberId: bo.memberId, access: "recruiter" });
  const { token } = await anteroom().identity.signIn.mutate({ email: bo.email, password: bo.password });
  expect((await anteroom(token).member.get.query({ memberId: bo.memberId })).access).toBe("recruiter");
  await staff.member.remove.mutate({ memberId });
  expect((await staff.team.members.query({ teamId })).items.map((member) => member.memberId)).toEqual([bo.memberId]);
});

test("provide feedback about a candidate: a letter, a no that brings somebody else, a yes, drafts, and the end", async () => {
  const house = await givenOrganization();
  const { refcheckId, email, client } = await givenConsent(house, { referencesRequired: 1, answersShared: true });
  const unwilling = aReference();
  await client.reference.add.mutate({ refcheckId, ...unwilling });
  const refused = await comeIn(unwilling.email);
  expect(refused.signedIn).toMatchObject({ kind: "reference", refcheckId });
  expect(await refused.client.reference.own.query()).toMatchObject({
    candidateName: "Mira Okafor",
    answersShared: true,
  });
  await refused.client.reference.decline.mutate({ reason: "company_policy" });
  expect((await lettersTo(email)).length).toBe(2);

  const willing = aReference();
  await client.reference.add.mutate({ refcheckId, ...willing });
  const { client: reference } = await comeIn(willing.email);
  await reference.reference.accept.mutate();
  const { questions, missing } = await reference.reference.questionnaire.query({ language: "nl" });
  expect(questions[0]?.prompt).toBe("Wanneer werkten jullie samen?");
  expect(missing).toEqual(["when", "quality", "shifts", "again"]);
  const draft = await reference.reference.save.mutate({ answers: shortAnswers.slice(0, 2) });
  expect(draft.missing).toEqual(["shifts", "again"]);
  expect(await refusalOf(reference.reference.finish.mutate())).toMatchObject({ reason: "answers_missing" });

  // The same link, on another day.
  const back = await comeIn(willing.email);
  expect((await back.client.reference.questionnaire.query({})).answers.length).toBe(2);
  await back.client.reference.save.mutate({ answers: shortAnswers.slice(2) });
  expect(await back.client.reference.finish.mutate()).toMatchObject({ status: "completed", availableActions: [] });
  const over = anteroom().identity.useLink.mutate({ token: await newestToken(willing.email) });
  expect(await refusalOf(over)).toMatchObject({ reason: "link_dead" });

  const { status, references } = await client.refcheck.own.query({ refcheckId });
  expect(status).toBe("completed");
  const [, { id: referenceId } = { id: "ref_" as const }] = references;
  expect((await client.reference.sharedAnswers.query({ referenceId })).answers.length).toBe(4);
  expect((await lettersTo(house.owner.email)).at(-1)?.subject).toContain("Mira Okafor");
});
