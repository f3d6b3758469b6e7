import { newId } from "../../../src/kernel/ids.ts";
import { newTimes } from "../../support/meeting.ts";
import { newCandidate } from "../../support/pipeline.ts";
import { type OfferOf, offerToNew } from "../../support/slot.ts";
import type { Stage } from "../../support/stage.ts";
import { type Case, forCandidates, forMembers, inOneOrder, type Prepared } from "./case.ts";

/** About times that are offered to somebody new. */
const about =
  (inputOf: (offer: OfferOf) => object) =>
  async ({ house, members }: Stage): Promise<Prepared> => {
    const whose = await offerToNew(house, members.admin.memberId);
    return { whose, input: inputOf(whose) };
  };

const ofOffer = ({ offerId }: OfferOf) => ({ offerId });
const ofSlot = ({ slotId }: OfferOf) => ({ slotId });

export const slotCases: Readonly<Record<string, Case>> = {
  "offer.create": forMembers("recruiter", {
    prepare: async ({ house, members }) => ({
      input: {
        ...{ title: "A first talk", description: "Bring a laptop.", location: "Room 4", timeZone: "Europe/Berlin" },
        ...{ url: "https://meet.example.com/room-4", reminderHours: [24], slots: [newTimes(), newTimes()] },
        ...{ interviewers: [{ memberId: members.recruiter.memberId }], requestKey: newId("off") },
        candidateIds: [await newCandidate(house), await newCandidate(house)],
      },
    }),
  }),
  "offer.get": forMembers("recruiter", { prepare: about(ofOffer) }),
  "offer.list": forMembers("recruiter", {
    but: { stranger: "ok" },
    foreign: { candidateId: "ok" },
    prepare: about(({ candidateId }) => ({ candidateId, size: 5 })),
    ways: ({ invited }) => inOneOrder("offers", [newId("off")], { candidateId: invited.candidateId })(),
  }),
  "offer.addSlots": forMembers("recruiter", {
    prepare: about(({ offerId }) => ({ offerId, slots: [newTimes()] })),
  }),
  "offer.removeSlot": forMembers("recruiter", { prepare: about(ofSlot) }),
  "offer.withdraw": forMembers("recruiter", {
    prepare: about(({ offerId, candidateId }) => ({ offerId, candidateId })),
  }),
  "offer.close": forMembers("recruiter", { prepare: about(ofOffer) }),
  "offer.own": forCandidates({ prepare: about(ofOffer) }),
  "offer.pick": forCandidates({ prepare: about(ofSlot) }),
};
