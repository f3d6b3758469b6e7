import { beforeAll, describe, expect, test } from "vitest";
import type { CandidateId } from "../../src/kernel/ids.ts";
import { documentsEducation, documentsExperience, documentsSkills, newCandidate } from "../support/background.ts";
import { newRefcheck } from "../support/refcheck.ts";
import { newInterview } from "../support/stage.ts";
import {
  type Client,
  givenMember,
  givenOrganization,
  givenProject,
  type House,
  type Member,
  refusalOf,
  tripsOf,
} from "../support/world.ts";

let house: House;
let recruiter: Member;
let client: Client;
beforeAll(async () => {
  house = await givenOrganization();
  recruiter = await givenMember(house, "recruiter");
  client = recruiter.client;
});

const reasonOf = async (call: Promise<unknown>) => (await refusalOf(call)).reason;

/** How many of these calls went through, and what the others were refused with. */
async function outcomesOf(calls: readonly Promise<unknown>[]) {
  const told = await Promise.all(
    calls.map((call) =>
      call.then(() => null).catch(() => refusalOf(call).then(({ reason, facts }) => ({ reason, facts }))),
    ),
  );
  return { done: told.filter((one) => one === null).length, refused: told.filter((one) => one !== null) };
}

const full = { reason: "list_full", facts: { max: 100 } };

describe("skills", () => {
  test("are added many at once, as the document sends them", async () => {
    const candidateId = await newCandidate(house);
    const inOrder = [
      { name: "Angular", level: "INTERMEDIATE" },
      { name: "TypeScript", level: "EXPERT" },
    ];
    expect(await client.background.addSkills.mutate({ candidateId, ...documentsSkills })).toEqual({ skills: inOrder });
    expect(await client.background.get.query({ candidateId })).toEqual({
      skills: inOrder,
      experience: [],
      education: [],
    });
  });

  test("are there once by whatever name they are written: added again one has the new level, and of two at once the last", async () => {
    const candidateId = await newCandidate(house);
    await client.background.addSkills.mutate({ candidateId, ...documentsSkills });
    const again = [
      { name: "TYPESCRIPT", level: "BEGINNER" as const },
      { name: "Typescript", level: "ADVANCED" as const },
    ];
    const { skills } = await client.background.addSkills.mutate({ candidateId, skills: again });
    expect(skills).toEqual([
      { name: "Angular", level: "INTERMEDIATE" },
      { name: "Typescript", level: "ADVANCED" },
    ]);
    await client.background.removeSkill.mutate({ candidateId, name: "typeSCRIPT" });
    expect((await client.background.get.query({ candidateId })).skills.map(({ name }) => name)).toEqual(["Angular"]);
    expect(await reasonOf(client.background.removeSkill.mutate({ candidateId, name: "TypeScript" }))).toBe("not_found");
  });

  test("are no more than a hundred a candidate, whoever adds them at once; and one that is there takes no room", async () => {
    const candidateId = await newCandidate(house);
    const skillsFrom = (from: number, count: number) =>
      Array.from({ length: count }, (_, nth) => ({ name: `Skill ${from + nth}`, level: "BEGINNER" as const }));
    await client.background.addSkills.mutate({ candidateId, skills: skillsFrom(0, 95) });
    const adding = Array.from({ length: 12 }, (_, nth) =>
      client.background.addSkills.mutate({ candidateId, skills: skillsFrom(100 + nth, 1) }),
    );
    expect(await outcomesOf(adding)).toEqual({ done: 5, refused: Array(7).fill(full) });
    const { skills } = await client.background.get.query({ candidateId });
    expect(skills).toHaveLength(100);
    await client.background.addSkills.mutate({ candidateId, skills: [{ name: "skill 7", level: "EXPERT" }] });
    // All or none of what is sent together.
    const both = [
      { name: "Skill 8", level: "EXPERT" as const },
      { name: "One more", level: "EXPERT" as const },
    ];
    expect(await reasonOf(client.background.addSkills.mutate({ candidateId, skills: both }))).toBe("list_full");
    const after = await client.background.get.query({ candidateId });
    expect(after.skills.filter(({ level }) => level === "EXPERT")).toEqual([{ name: "skill 7", level: "EXPERT" }]);
  });

  test("have one of four levels", async () => {
    const candidateId = await newCandidate(house);
    const level = "MASTER" as "EXPERT";
    expect(await reasonOf(client.background.addSkills.mutate({ candidateId, skills: [{ name: "Go", level }] }))).toBe(
      "bad_input",
    );
  });
});

describe("experience", () => {
  test("is added as the document sends it, changed field by field, and removed", async () => {
    const candidateId = await newCandidate(house);
    const { background } = client;
    const added = await background.addExperience.mutate({ ...documentsExperience, candidateId });
    expect(added).toEqual({
      ...documentsExperience,
      ...{ id: added.id, candidateId, worked: null, createdAt: expect.any(Date) },
    });
    const experienceId = added.id;
    const worked = { from: "2019-03", to: null };
    const edited = await background.editExperience.mutate({
      experienceId,
      worked: { from: "2019-03" },
      duration: null,
    });
    expect(edited).toEqual({ ...added, worked, duration: null });
    expect(await background.editExperience.mutate({ experienceId })).toEqual(edited);
    const ended = { from: "2019-03", to: "2022-02" };
    expect(await background.editExperience.mutate({ experienceId, worked: ended })).toEqual({
      ...edited,
      worked: ended,
    });
    const cleared = await background.editExperience.mutate({ experienceId, worked: null, organization: null });
    expect(cleared).toEqual({ ...edited, worked: null, organization: null });
    expect((await background.get.query({ candidateId })).experience).toEqual([cleared]);
    await background.removeExperience.mutate({ experienceId });
    expect((await background.get.query({ candidateId })).experience).toEqual([]);
    expect(await reasonOf(background.editExperience.mutate({ experienceId }))).toBe("not_found");
    expect(await reasonOf(background.removeExperience.mutate({ experienceId }))).toBe("not_found");
  });

  test("ends no month before it begins", async () => {
    const candidateId = await newCandidate(house);
    const worked = { from: "2019-03", to: "2019-02" };
    const refused = await refusalOf(
      client.background.addExperience.mutate({ ...documentsExperience, candidateId, worked }),
    );
    expect(refused.issues).toEqual([{ path: "worked.to", message: "must not be before it began" }]);
  });
});

describe("education", () => {
  test("is added as the document sends it, changed field by field, and removed", async () => {
    const candidateId = await newCandidate(house);
    const { background } = client;
    const added = await background.addEducation.mutate({ ...documentsEducation, candidateId });
    expect(added).toEqual({ ...documentsEducation, id: added.id, candidateId, createdAt: expect.any(Date) });
    const educationId = added.id;
    const edited = await background.editEducation.mutate({ educationId, degree: "MS", completionDate: null });
    expect(edited).toEqual({ ...added, degree: "MS", completionDate: null });
    expect(await background.editEducation.mutate({ educationId })).toEqual(edited);
    expect((await background.get.query({ candidateId })).education).toEqual([edited]);
    await background.removeEducation.mutate({ educationId });
    expect((await background.get.query({ candidateId })).education).toEqual([]);
    expect(await reasonOf(background.editEducation.mutate({ educationId }))).toBe("not_found");
    expect(await reasonOf(background.removeEducation.mutate({ educationId }))).toBe("not_found");
  });

  test("was completed on a day that there is", async () => {
    const candidateId = await newCandidate(house);
    const wrong = { ...documentsEducation, candidateId, completionDate: "2020-02-30" };
    expect(await reasonOf(client.background.addEducation.mutate(wrong))).toBe("bad_input");
  });
});

test.each(["experience", "education"] as const)(
  "there are no more than a hundred of %s, whoever adds them at once",
  async (kind) => {
    const candidateId = await newCandidate(house);
    const { background } = client;
    const add = () =>
      kind === "experience"
        ? background.addExperience.mutate({ ...documentsExperience, candidateId })
        : background.addEducation.mutate({ ...documentsEducation, candidateId });
    const { done, refused } = await outcomesOf(Array.from({ length: 106 }, add));
    expect({ done, refused }).toEqual({ done: 100, refused: Array(6).fill(full) });
    expect((await background.get.query({ candidateId }))[kind]).toHaveLength(100);
  },
);

describe("a hiring manager", () => {
  /** Candidates of an interview in a project of theirs, of another, of a refcheck of a team they are in, of another, and of neither. */
  async function withEverybody() {
    const here = await givenOrganization();
    const { client: owner } = here.owner;
    const manager = await givenMember(here, "hiring_manager");
    const [theirs, other] = [await givenProject(here), await givenProject(here)];
    const role = { projectId: theirs.id, memberId: manager.memberId, role: "reviewer" as const };
    await owner.project.assignRole.mutate(role);
    const { id: teamId } = await owner.team.create.mutate({ name: "Night shift" });
    const [template] = (await owner.roleTemplate.list.query({ size: 1 })).items;
    if (!template) throw new Error("templates ship with Anteroom");
    const nightRole = await owner.role.create.mutate({ roleTemplateId: template.id, teamId });
    const people: Record<string, CandidateId> = {
      interviewed: (await newInterview(here, theirs.id)).candidateId,
      interviewedElsewhere: (await newInterview(here, other.id)).candidateId,
      checked: (await newRefcheck(here)).candidateId,
      checkedElsewhere: (await newRefcheck(here, "invited", { roleId: nightRole.id })).candidateId,
      neither: await newCandidate(here),
    };
    return { here, manager, role, teamId, people };
  }

  async function seenBy({ client: theirs }: Member, people: Readonly<Record<string, CandidateId>>) {
    const seen: string[] = [];
    for (const [name, candidateId] of Object.entries(people)) {
      const answers = [
        theirs.background.get.query({ candidateId }),
        theirs.note.list.query({ candidateId }),
        theirs.note.add.mutate({ candidateId, text: "Seen." }),
      ];
      const reasons = await Promise.all(answers.map((call) => call.then(() => "seen").catch(() => reasonOf(call))));
      expect(new Set(reasons).size).toBe(1);
      if (reasons[0] === "seen") seen.push(name);
      else expect(reasons[0]).toBe("not_found");
    }
    return seen;
  }

  /** Whom the lists of interviews and refchecks show them. */
  async function metBy({ client: theirs }: Member, people: Readonly<Record<string, CandidateId>>) {
    const lists = [(await theirs.interview.list.query({})).items, (await theirs.refcheck.list.query({})).items];
    const met = new Set(lists.flat().map(({ candidate }) => candidate.id));
    return Object.keys(people).filter((name) => met.has(people[name] ?? "cnd_"));
  }

  test("sees those of an interview in a project of theirs, or of a refcheck of a team they are in, and for as long", async () => {
    const { here, manager, role, teamId, people } = await withEverybody();
    const { project, team } = here.owner.client;
    expect(await seenBy(manager, people)).toEqual(["interviewed", "checked"]);
    await team.addMember.mutate({ teamId, memberId: manager.memberId });
    expect(await seenBy(manager, people)).toEqual(["interviewed", "checked", "checkedElsewhere"]);
    expect(await metBy(manager, people)).toEqual(["interviewed", "checked", "checkedElsewhere"]);
    await team.removeMember.mutate({ teamId: here.team.id, memberId: manager.memberId });
    await project.unassignRole.mutate(role);
    expect(await seenBy(manager, people)).toEqual(["checkedElsewhere"]);
    expect(await metBy(manager, people)).toEqual(["checkedElsewhere"]);
    expect(await seenBy(await givenMember(here, "recruiter"), people)).toEqual(Object.keys(people));
    expect(await seenBy(house.owner, people)).toEqual([]);
  });

  test("reads and changes nothing", async () => {
    const { manager, people } = await withEverybody();
    const { background } = manager.client;
    const candidateId = people.interviewed ?? (await newCandidate(house));
    const refused = [
      background.addSkills.mutate({ candidateId, ...documentsSkills }),
      background.addExperience.mutate({ candidateId, ...documentsExperience }),
      background.addEducation.mutate({ candidateId, ...documentsEducation }),
    ];
    expect(await Promise.all(refused.map(reasonOf))).toEqual(refused.map(() => "not_allowed"));
  });
});

test.each(["nothing", "a skill", "experience", "education", "a note"])(
  "whose only interview is removed is kept where %s is written of them",
  async (what) => {
    const { background, note, interview } = house.owner.client;
    const { candidateId, interviewId } = await newInterview(house, (await givenProject(house)).id, "new");
    if (what === "a skill") await background.addSkills.mutate({ candidateId, ...documentsSkills });
    if (what === "experience") await background.addExperience.mutate({ candidateId, ...documentsExperience });
    if (what === "education") await background.addEducation.mutate({ candidateId, ...documentsEducation });
    if (what === "a note") await note.add.mutate({ candidateId, text: "Worth remembering." });
    const { candidateRemoved } = await interview.remove.mutate({ interviewId });
    expect(candidateRemoved).toBe(what === "nothing");
  },
);

test("all of a background is read in one round trip, and each change takes one", async () => {
  const candidateId = await newCandidate(house);
  const { token } = recruiter;
  const add = (api: Client) => api.background.addSkills.mutate({ candidateId, ...documentsSkills });
  expect(await tripsOf(token, add)).toBe(1);
  expect(await tripsOf(token, ({ background }) => background.get.query({ candidateId }))).toBe(1);
});
