// The chapter about a candidate's record: somebody who came twice, a document, a board, times to pick from by letter, and everything that
// happened in one list.
import { type Anteroom, createAnteroom, isRefusal, sendDocument } from "../index.ts";
import { letterTo, tokenOf } from "./mailbox.ts";

type Teller = { readonly url: string; readonly own: (email: string) => string; readonly tell: (line: string) => void };

const dayMs = 86_400_000;
const hourMs = 3_600_000;

export async function keepRecord(anteroom: Anteroom, memberId: `mem_${string}`, { url, own, tell }: Teller) {
  const user = { firstName: "Noor", lastName: "Haddad", email: own("noor@demo.example") };
  const noor = await anteroom.candidate.create.mutate({ user, phone: "+31 20 123 4567", source: "LinkedIn" });
  const candidateId = noor.id;
  tell(`Noor is entered: ${noor.status}, since ${noor.appliedDate}.`);
  const again = { ...user, email: own("noor.haddad@demo.example") };
  try {
    await anteroom.candidate.create.mutate({ user: again, phone: "+31 (20) 1234-567" });
  } catch (error) {
    if (!isRefusal(error, "candidate_known")) throw error;
    tell(`By another address and the same number she is known: ${error.reason}, by ${error.facts.by}.`);
  }
  const twin = await anteroom.candidate.create.mutate({ user: again, source: "A fair" });
  await anteroom.candidate.merge.mutate({ candidateId, otherId: twin.id });
  tell("Entered once more without it, she is two, and one again when Rosa merges them.");

  const skills = [
    { name: "Latte art", level: "EXPERT" as const },
    { name: "Bookkeeping", level: "BEGINNER" as const },
  ];
  await anteroom.background.addSkills.mutate({ candidateId, skills });
  const { items: found } = await anteroom.candidate.list.query({ search: "latte", include: ["user", "skills"] });
  tell(`Searching for "latte" finds ${found.map((one) => one.user?.firstName).join(", ")}.`);
  const text = new Blob(["Noor Haddad. Ten years behind a counter.\n"], { type: "text/plain" });
  const about = { candidateId, fileName: "Noor's CV.txt", kind: "cv" as const };
  const { id: documentId } = await sendDocument(anteroom, about, text);
  const download = await anteroom.document.link.query({ documentId });
  tell(`Her CV is there; for five minutes it can be downloaded: ${(await fetch(download.url)).status}.`);

  const stages = ["Applied", "On trial", "Hired"].map((name, index) => ({ name, index }));
  const pipeline = await anteroom.pipeline.create.mutate({ name: "Baristas", description: "", stages });
  const card = await anteroom.placement.put.mutate({
    ...{ pipelineId: pipeline.id, subject: { kind: "candidate", candidateId } },
  });
  const stageId = pipeline.stages[1]?.id ?? card.stageId;
  await anteroom.placement.move.mutate({ placementId: card.id, version: card.version, stageId });
  const board = await anteroom.pipeline.board.query({ pipelineId: pipeline.id });
  tell(`The board: ${board.stages.map(({ name, total }) => `${name} ${total.count}`).join(", ")}.`);

  const from = new Date(Math.ceil(Date.now() / dayMs) * dayMs + 2 * dayMs + 9 * hourMs);
  const slots = [0, 1, 2].map((nth) => ({
    startsAt: new Date(from.getTime() + nth * hourMs),
    endsAt: new Date(from.getTime() + (nth + 0.5) * hourMs),
  }));
  const talk = { title: "A talk over coffee", timeZone: "Europe/Madrid", location: "The harbour shop" };
  const offer = await anteroom.offer.create.mutate({
    ...{ ...talk, interviewers: [{ memberId }], slots, candidateIds: [candidateId] },
  });
  const session = await createAnteroom({ url }).identity.useLink.mutate({
    token: tokenOf(await letterTo(url, user.email)),
  });
  const theirs = createAnteroom({ url, token: session.token });
  const { slots: free } = await theirs.offer.own.query({ offerId: offer.id });
  tell(`Noor opens the link in her letter and sees ${free.length} times.`);
  const [, second] = free;
  if (!second) throw new Error("Three times were offered.");
  await theirs.offer.pick.mutate({ slotId: second.id });
  tell(
    `She picks one; in her mailbox: "${(await letterTo(url, user.email, 1)).subject}", with a file for her calendar.`,
  );
  const { items: meetings } = await anteroom.meeting.list.query({ candidateId, direction: "asc" });
  const [meeting] = meetings;
  if (!meeting) throw new Error("There is a meeting.");
  const times = { startsAt: meeting.startsAt, endsAt: meeting.endsAt };
  try {
    await anteroom.meeting.schedule.mutate({ ...talk, ...times, candidateId, interviewers: [{ memberId }] });
  } catch (error) {
    if (!isRefusal(error, "meeting_overlaps")) throw error;
    tell(`Another meeting at that hour is a warning: ${error.reason}.`);
  }

  const { items } = await anteroom.candidate.timeline.query({ candidateId, direction: "asc" });
  tell(`All that happened to her, in one list: ${items.map((entry) => entryIn(entry)).join(", ")}.`);
}

type Entry = Awaited<ReturnType<Anteroom["candidate"]["timeline"]["query"]>>["items"][number];

function entryIn(entry: Entry): string {
  if (entry.kind === "letter") return `letter ${entry.letterKind}`;
  return "verb" in entry ? `${entry.kind} ${entry.verb}` : entry.kind;
}
