// Somebody invited, whose letter has gone out and was not read.
import type { InterviewId } from "../../src/kernel/ids.ts";
import { newToken } from "../../src/kernel/secret.ts";
import { promiseLetter } from "../../src/letter/actions.ts";
import { database, type House, newEmail, systemDeps } from "../support/world.ts";
import { newestLetter } from "./post.ts";

export async function givenOut(house: House, project: { id: `prj_${string}` }, email = newEmail("candidate")) {
  const interview = await house.owner.client.interview.createAndInvite.mutate({
    projectId: project.id,
    candidate: { email, firstName: "Cleo", lastName: "Candidate", timeZone: "America/New_York" },
  });
  const { id: letterId } = await newestLetter(email);
  return { house, email, letterId, interviewId: interview.id, candidateId: interview.candidate.id };
}

export type Out = Awaited<ReturnType<typeof givenOut>>;

/** One more letter to the same candidate, promised and not yet tried; its link is none that anybody revokes. */
export async function givenPromised({ house, email, interviewId, candidateId }: Out) {
  const { content } = await newestLetter(email);
  const about = { organizationId: house.organization.id, interviewId, candidateId };
  const letter = { to: email, language: "en", timeZone: "UTC", content, token: `iv_${newToken()}`, ...about };
  await database().write([await promiseLetter(systemDeps(), letter)]);
}

export async function statusOf(house: House, interviewId: InterviewId) {
  const { candidate } = await house.owner.client.interview.get.query({ interviewId });
  return candidate.emailStatus;
}
