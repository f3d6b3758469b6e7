// Times that are offered to somebody, each on a day of its own.
import { type CandidateId, type MemberId, newId, type OfferId, type SlotId } from "../../src/kernel/ids.ts";
import { newTimes } from "./meeting.ts";
import { newCandidate } from "./pipeline.ts";
import type { Inputs } from "./questionnaire.ts";
import { candidateToken, type Whose } from "./stage.ts";
import { anteroom, type Client, type House } from "./world.ts";

export type OfferInput = Partial<Inputs["offer"]["create"]>;

export function newOffer(
  { owner }: House,
  candidateIds: CandidateId[],
  memberId: MemberId = owner.memberId,
  over: OfferInput = {},
) {
  return owner.client.offer.create.mutate({
    ...{ title: "A first talk", slots: [newTimes(), newTimes()], interviewers: [{ memberId }], candidateIds },
    ...over,
  });
}

export type OfferOf = Whose & { readonly offerId: OfferId; readonly slotId: SlotId };

/** Made to somebody new, who reaches it by its link. */
export async function offerToNew(house: House, memberId?: MemberId): Promise<OfferOf> {
  const candidateId = await newCandidate(house);
  const { id: offerId, slots } = await newOffer(house, [candidateId], memberId);
  const organizationId = house.organization.id;
  const [first] = slots;
  if (!first) throw new Error("an offer has times");
  return { organizationId, candidateId, interviewId: newId("itv"), email: "", offerId, slotId: first.id };
}

/** As if by the link in their letter: how they come in is shown in the journey. */
export async function byLink({ organization }: House, candidateId: CandidateId, offerId: OfferId): Promise<Client> {
  const whose = { organizationId: organization.id, candidateId, interviewId: null, offerId };
  return anteroom(await candidateToken(whose));
}
