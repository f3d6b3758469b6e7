// Roles and their questionnaires, for tests of reference checks.
import { eq } from "drizzle-orm";
import { refcheck } from "../../db/schema/index.ts";
import { build, run } from "../../db/statement.ts";
import { newId, type RefcheckId, type ReferenceId } from "../../src/kernel/ids.ts";
import { type Inputs, shortQuestionnaire } from "./questionnaire.ts";
import { candidateToken, referenceToken, type Whose } from "./stage.ts";
import { anteroom, database, type House, newEmail } from "./world.ts";

/** A template of the organization's own. */
export function givenRoleTemplate(house: House, over: Partial<Inputs["roleTemplate"]["create"]> = {}) {
  return house.owner.client.roleTemplate.create.mutate({
    title: "Barista",
    questionnaire: shortQuestionnaire,
    ...over,
  });
}

/** A role of the default team, made from a template of its own. */
export async function givenRole(house: House, over: Partial<Inputs["role"]["create"]> = {}) {
  const { id: roleTemplateId } = await givenRoleTemplate(house);
  return house.owner.client.role.create.mutate({ roleTemplateId, ...over });
}

/** How far a refcheck has come: made without a letter, written to, agreed to, somebody named, who has said yes, written everything, finished. */
export type RefcheckStanding = "created" | "invited" | "consented" | "named" | "accepted" | "answered" | "completed";

type Answer = Inputs["reference"]["save"]["answers"][number];

/** One answer to each required question of the short questionnaire. */
export const shortAnswers: Answer[] = [
  { key: "when", answer: { kind: "date_range", from: "2021-03", to: "2024-06" } },
  { key: "quality", answer: { kind: "rating", score: 3 } },
  { key: "shifts", answer: { kind: "choice", optionKeys: ["night"] } },
  { key: "again", answer: { kind: "rehire", verdict: "yes" } },
];

const roles = new Map<string, ReturnType<typeof givenRole>>();

/** The house's role in which one reference is enough, and two more may be named. */
export function roleOf(house: House) {
  const { id } = house.organization;
  const made = roles.get(id) ?? givenRole(house, { referencesRequired: 1, referencesOptional: 2 });
  roles.set(id, made);
  return made;
}

export type RefcheckOf = Whose & { readonly refcheckId: RefcheckId; readonly referenceId: ReferenceId };

export const aReference = (over: Partial<Inputs["reference"]["add"]> = {}) => ({
  ...{ email: newEmail("referee"), firstName: "Rita", lastName: "Referee", employer: "The Corner Cafe" },
  relationship: "manager" as const,
  ...over,
});

/** A refcheck of somebody new, brought to where it shall stand. */
export async function newRefcheck(
  house: House,
  standing: RefcheckStanding = "invited",
  over: Partial<Inputs["refcheck"]["create"]> = {},
): Promise<RefcheckOf> {
  const { id: roleId } = await roleOf(house);
  const email = newEmail("candidate");
  const made = await house.owner.client.refcheck.create.mutate({
    ...{ roleId, candidate: { email, firstName: "Cleo", lastName: "Candidate" }, invite: standing !== "created" },
    ...over,
  });
  const whose = {
    ...{ organizationId: house.organization.id, candidateId: made.candidate.id, email: made.candidate.email },
    ...{ interviewId: newId("itv"), refcheckId: made.id, referenceId: newId("ref") },
  };
  return standing === "created" || standing === "invited" ? whose : { ...whose, ...(await bring(whose, standing)) };
}

async function bring(
  whose: RefcheckOf,
  standing: Exclude<RefcheckStanding, "created" | "invited">,
): Promise<{ referenceId: ReferenceId }> {
  const { refcheckId } = whose;
  const candidate = anteroom(await candidateToken(whose));
  await candidate.refcheck.consent.mutate({ refcheckId, version: 1 });
  if (standing === "consented") return whose;
  const { references } = await candidate.reference.add.mutate({ refcheckId, ...aReference() });
  const referenceId = references[0]?.id ?? whose.referenceId;
  if (standing === "named") return { referenceId };
  const { reference } = anteroom(await referenceToken({ ...whose, referenceId }));
  await reference.accept.mutate();
  if (standing !== "accepted") await reference.save.mutate({ answers: shortAnswers });
  if (standing === "completed") await reference.finish.mutate();
  return { referenceId };
}

/** One whose candidate has named somebody with a private address: a signal waits. */
export async function newFlaggedRefcheck(house: House) {
  const whose = await newRefcheck(house, "consented");
  const { refcheckId } = whose;
  const candidate = anteroom(await candidateToken(whose));
  const email = newEmail("referee").replace(/@.*/, "@gmail.com");
  await candidate.reference.add.mutate({ refcheckId, ...aReference({ email }) });
  const { signals, references } = await house.owner.client.refcheck.get.query({ refcheckId });
  const [signal] = signals;
  if (!signal) throw new Error("a private address is remarked on");
  return { whose: { ...whose, referenceId: references[0]?.id ?? whose.referenceId }, signal };
}

/** Its deadline passed an hour ago, and no alarm has said so. */
export async function makeRefcheckLate(refcheckId: RefcheckId) {
  const past = new Date(Date.now() - 3_600_000);
  const late = { deadlineAt: past, wakeAt: past };
  await database().write([run(build.update(refcheck).set(late).where(eq(refcheck.id, refcheckId)))]);
}
