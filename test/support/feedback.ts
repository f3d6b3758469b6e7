// Interviewers, meetings of theirs that have begun, and what they say of them.
import type { CandidateId, MeetingId } from "../../src/kernel/ids.ts";
import type { Access } from "../../src/kernel/scope.ts";
import { begin, newTimes } from "./meeting.ts";
import { newCandidate } from "./pipeline.ts";
import { type Membership, memberToken, newMember } from "./stage.ts";
import { anteroom, type Client, type House } from "./world.ts";

export type Person = Membership & { readonly client: Client; readonly token: string };

export async function newPerson(house: House, access: Access = "hiring_manager"): Promise<Person> {
  const membership = await newMember(house, access);
  const token = await memberToken(membership);
  return { ...membership, token, client: anteroom(token) };
}

/** A meeting of these that has begun, with somebody new unless said otherwise. */
export async function begunWith(
  house: House,
  people: readonly Pick<Person, "memberId">[],
  whom?: CandidateId,
): Promise<MeetingId> {
  const candidateId = whom ?? (await newCandidate(house));
  const interviewers = people.map(({ memberId }) => ({ memberId }));
  const { schedule } = house.owner.client.meeting;
  const { id } = await schedule.mutate({ title: "A talk", ...newTimes(), candidateId, interviewers });
  await begin(id);
  return id;
}

type Caller = { readonly client: Client };

export const give = ({ client }: Caller, meetingId: MeetingId, rating: number, over: object = {}) =>
  client.feedback.give.mutate({ meetingId, description: "Asked good questions.", rating, ...over });

export const meetingRating = async ({ client }: Caller, meetingId: MeetingId) =>
  (await client.meeting.get.query({ meetingId })).rating;

export async function candidateRating({ client }: Caller, candidateId: CandidateId) {
  const { rating, ratedBy } = await client.candidate.get.query({ candidateId });
  return { rating, ratedBy };
}
