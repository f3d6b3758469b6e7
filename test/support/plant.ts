// A word put wherever an organization keeps words, so that it is known again wherever it turns up.
import { dayMs, hourMs } from "../../src/kernel/clock.ts";
import { givenDocument } from "./document.ts";
import { begin } from "./meeting.ts";
import {
  candidateToken,
  memberToken,
  newExtension,
  newestSession,
  newFailedLetter,
  newInterview,
  newMember,
  newRecording,
  type Stage,
  type Whose,
} from "./stage.ts";
import { newImport } from "./table.ts";
import { anteroom, newEmail } from "./world.ts";

/** Answers ids of the organization, one of each kind, for fields that a right call does without. */
export async function plant(
  { house, project, criterionId, members }: Stage["across"],
  canary: string,
): Promise<Readonly<Record<string, string>>> {
  const { client } = house.owner;
  await client.organization.edit.mutate({ name: `House ${canary}`, senderName: canary });
  await client.identity.editProfile.mutate({ firstName: canary, lastName: canary });
  await newMember(house, "recruiter", canary);
  const team = await client.team.create.mutate({ name: canary });
  const invites = await client.invite.create.mutate({ invites: [{ email: newEmail(canary), access: "recruiter" }] });
  await client.project.edit.mutate({ projectId: project.id, name: canary, labels: [canary], internalId: canary });
  const { revision } = await client.project.get.query({ projectId: project.id });
  const { steps } = await client.project.setSteps.mutate({
    projectId: project.id,
    revision,
    steps: [
      {
        id: project.steps[0]?.id,
        kind: "question",
        title: canary,
        prompt: canary,
        answer: { kind: "text", maxChars: 500 },
      },
    ],
  });
  const { criteria } = await client.project.setCriteria.mutate({
    projectId: project.id,
    criteria: [{ id: criterionId, name: canary, description: canary }],
  });
  const evaluator = anteroom(await memberToken(members.evaluator)).evaluation;
  const judge = async ({ interviewId }: Whose) => {
    const ratings = [{ stepId, criterionId, score: 3 }];
    await evaluator.rate.mutate({ interviewId, ratings, notes: [{ stepId, text: canary }] });
    await evaluator.veto.mutate({ interviewId, reason: `A veto of ${canary}.` });
  };
  const stepId = steps[0]?.id ?? "stp_";
  const whose = await newInterview(house, project.id, "opened", canary);
  const { interviewId } = whose;
  const answer = { kind: "text" as const, text: canary };
  await anteroom(await candidateToken(whose)).answer.save.mutate({ interviewId, stepId, answer });
  await judge(await newInterview(house, project.id, "interviewed"));
  await client.interview.skip.mutate({ interviewId: (await newInterview(house, project.id)).interviewId, why: canary });
  const told = { en: `A question of ${canary}?` };
  const questionnaire = {
    languages: ["en" as const],
    questions: [{ key: "why", kind: "text" as const, prompt: told }],
  };
  const template = await client.roleTemplate.create.mutate({ title: canary, questionnaire });
  const role = await client.role.create.mutate({ roleTemplateId: template.id, internalId: canary });
  const { candidateId } = whose;
  await client.background.addSkills.mutate({ candidateId, skills: [{ name: canary, level: "EXPERT" }] });
  const worked = { candidateId, occupation: canary, organization: canary, duration: canary, description: canary };
  const experience = await client.background.addExperience.mutate(worked);
  const education = await client.background.addEducation.mutate({ candidateId, schoolName: canary, degree: canary });
  const note = await client.note.add.mutate({ candidateId, text: canary });
  const named = { fileName: `${canary}.pdf`, label: canary, requestKey: canary };
  const { documentId } = await givenDocument(client, candidateId, named);
  const contact = await client.contact.create.mutate({
    ...{ name: canary, contactType: "LEAD", primaryEmail: newEmail(canary), notes: canary },
  });
  const person = { contactId: contact.id, firstName: canary, lastName: canary, position: canary };
  const stages = [{ name: canary, index: 0 }];
  const pipeline = await client.pipeline.create.mutate({ name: canary, description: canary, stages });
  const subject = { kind: "candidate" as const, candidateId };
  const placed = await client.placement.put.mutate({ pipelineId: pipeline.id, subject });
  const user = { firstName: canary, lastName: canary, email: newEmail(canary) };
  const field = await client.field.create.mutate({ key: "keeper", name: canary, type: "text" });
  const entered = await client.candidate.create.mutate({
    ...{ user, source: canary, tags: [canary], customFields: { keeper: canary } },
    externalIds: [{ system: "greenhouse", id: canary }],
  });
  await client.candidate.hire.mutate({ candidateId: entered.id, why: canary });
  const twin = { ...user, email: newEmail(canary) };
  const { id: otherId } = await client.candidate.create.mutate({ user: twin, source: canary });
  await client.candidate.merge.mutate({ candidateId: entered.id, otherId });
  const meeting = await client.meeting.schedule.mutate({
    ...{ candidateId, title: canary, description: canary, location: canary, url: `https://example.com/${canary}` },
    ...{ startsAt: new Date(Date.now() + dayMs), endsAt: new Date(Date.now() + dayMs + hourMs) },
    interviewers: [{ memberId: members.recruiter.memberId }],
  });
  const met = { candidateId, title: canary, startsAt: new Date(Date.now() + 2 * dayMs), isOverlapConfirmed: true };
  const begun = await client.meeting.schedule.mutate({
    ...{ ...met, endsAt: new Date(Date.now() + 2 * dayMs + hourMs) },
    interviewers: [{ memberId: house.owner.memberId }],
  });
  await begin(begun.id);
  const feedback = await client.feedback.give.mutate({
    ...{ meetingId: begun.id, description: canary, rating: 4.5, criteria: [{ name: canary, rating: 4 }] },
  });
  await client.meeting.cancel.mutate({ meetingId: meeting.id, version: meeting.version, why: canary });
  const offer = await client.offer.create.mutate({
    ...{ candidateIds: [candidateId], title: canary, description: canary, location: canary },
    ...{ interviewers: [{ memberId: members.admin.memberId }], url: `https://example.com/${canary}` },
    slots: [{ startsAt: new Date(Date.now() + 2 * dayMs), endsAt: new Date(Date.now() + 2 * dayMs + hourMs) }],
  });
  const { importId, uploadId } = await newImport(house, canary);
  return {
    imp: importId,
    upl: uploadId,
    off: offer.id,
    slt: offer.slots[0]?.id ?? "",
    mtg: meeting.id,
    fbk: feedback.id,
    exp: experience.id,
    edu: education.id,
    nte: note.id,
    doc: documentId,
    con: contact.id,
    per: (await client.contact.addPerson.mutate(person)).id,
    pip: pipeline.id,
    stg: placed.stageId,
    plc: placed.id,
    cnd: entered.id,
    fld: field.id,
    rtp: template.id,
    rol: role.id,
    org: house.organization.id,
    tem: team.id,
    mem: members.admin.memberId,
    inv: invites.results[0]?.inviteId ?? "",
    prj: project.id,
    stp: steps[0]?.id ?? "",
    crt: criteria[0]?.id ?? "",
    itv: interviewId,
    rec: await newRecording(whose, "whole", { key: canary }),
    ext: await newExtension(house, project.id, canary),
    ltr: await newFailedLetter(house, project.id),
    ses: await newestSession({ userId: house.owner.userId }),
  };
}
