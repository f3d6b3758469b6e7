// What people do meanwhile, through the typed client: each story is one interview, from its invitation to its end. Every call
// that was answered is written down; one that was not is made again until it is.
import { setTimeout as pause } from "node:timers/promises";
import {
  type Anteroom as Client,
  createAnteroom,
  isFault,
  isRefusal,
  isUnreachable,
  type Refusal,
} from "../../client/index.ts";
import type { InterviewId } from "../../src/kernel/ids.ts";
import { type Chance, chanceFrom } from "./chance.ts";
import type { Cluster } from "./cluster.ts";
import type { Acknowledged } from "./picture.ts";

export type Load = {
  readonly acknowledged: readonly Acknowledged[];
  /** What went another way than it may, in words. */
  readonly complaints: readonly string[];
  readonly figures: () => { readonly stories: number; readonly madeAgain: number; readonly faults: number };
  /** Stories that are not over. */
  readonly open: () => number;
  readonly begin: () => void;
  /** Resolves when all that were begun are over. */
  readonly over: () => Promise<void>;
};

const plots = ["finishes", "finishes", "stays away", "confirms and stays away", "comes at the last moment"] as const;

const hourMs = 3_600_000;
const patienceMs = 300_000;
const answerTimeoutMs = 15_000;

type House = { readonly client: Client; readonly projectId: `prj_${string}` };

/** A client whose calls end, whatever becomes of the Worker. */
export function patientClient(url: string, token: string): Client {
  return createAnteroom({
    url,
    token,
    fetch: (address, init) => fetch(address, { ...init, signal: AbortSignal.timeout(answerTimeoutMs) }),
  });
}

export function startLoad(cluster: Cluster, house: House, seed: number): Load {
  const { url } = cluster.anteroom;
  const acknowledged: Acknowledged[] = [];
  const complaints: string[] = [];
  const stories = new Set<Promise<void>>();
  let begun = 0;
  let madeAgain = 0;
  let faults = 0;

  /**
   * Makes the call until it is answered. Once it has been made before, a refusal may mean that it had happened: `stands`
   * says which. Any other refusal is the answer.
   */
  async function insist<Answer>(
    call: () => Promise<Answer>,
    stands: (refusal: Refusal) => boolean,
    chance: Chance,
  ): Promise<Answer | Refusal | "stands"> {
    const giveUpAt = Date.now() + patienceMs;
    for (let isFirst = true; Date.now() < giveUpAt; isFirst = false) {
      if (!isFirst) madeAgain += 1;
      try {
        return await call();
      } catch (error) {
        const isPassing = isRefusal(error, "unavailable") || isRefusal(error, "moved_on");
        if (isFault(error)) faults += 1;
        else if (isRefusal(error) && !isPassing) return !isFirst && stands(error) ? "stands" : error;
        else if (!isPassing && !isUnreachable(error)) throw error;
      }
      await pause(chance.between(20, 80));
    }
    throw new Error("a call was not answered for five minutes");
  }

  const reached = (status: string) => (refusal: Refusal) =>
    refusal.reason === "illegal_step" && refusal.facts.from === status;

  async function story(nth: number): Promise<void> {
    // Its own, so that no story's chance hangs on how quick another was.
    const chance = chanceFrom(seed * 100_003 + nth);
    const plot = chance.oneOf(plots);
    const insistent = <Answer>(call: () => Promise<Answer>, stands: (refusal: Refusal) => boolean = () => false) =>
      insist(call, stands, chance);
    const requestKey = `story-number-${nth}`;
    const email = `candidate.${nth}@example.com`;
    const isShort = plot !== "finishes";
    const deadlineAt = new Date(Date.now() + (isShort ? chance.between(700, 2_500) : hourMs));
    const invited = await insistent(() =>
      house.client.interview.createAndInvite.mutate({
        ...{ projectId: house.projectId, requestKey, deadlineAt },
        candidate: { email, firstName: "Cleo", lastName: `Number ${nth}` },
      }),
    );
    // Its deadline had passed before anybody was there to take the invitation: then there must be none.
    if (isShort && isRefusal(invited, "deadline_in_past")) return;
    if (invited === "stands" || isRefusal(invited)) throw new Error(`the invitation was refused: ${String(invited)}`);
    const interviewId: InterviewId = invited.id;
    const noted = (what: Acknowledged["what"], text: string | null = null) =>
      void acknowledged.push({ what, interviewId, requestKey, email, text });
    noted("invite");
    if (plot === "stays away") return;

    const token = /\/auth\/link\/([A-Za-z0-9_-]+)/.exec(await cluster.letterTo(email))?.[1] ?? "";
    const visitor = patientClient(url, "");
    const entered = await insistent(() => visitor.identity.useLink.mutate({ token }));
    if (entered === "stands" || isRefusal(entered)) throw new Error(`the link was refused: ${String(entered)}`);
    const client = patientClient(url, entered.token);
    if (plot === "comes at the last moment")
      await pause(Math.max(0, deadlineAt.getTime() - Date.now() - chance.between(0, 60)));

    /** Takes a step; false when the deadline was quicker, where that may be. */
    const takes = async (what: "confirm" | "start" | "finish", status: string): Promise<boolean> => {
      const answer = await insistent<unknown>(() => client.interview[what].mutate({ interviewId }), reached(status));
      if (isRefusal(answer)) {
        if (isShort && reached("expired")(answer)) return false;
        throw new Error(`${what} was refused with ${answer.reason}`);
      }
      noted(what);
      return true;
    };
    if (!(await takes("confirm", "confirmed")) || isShort) return;
    await takes("start", "interviewing");
    const room = await insistent(() => client.answer.openStep.mutate({ interviewId }));
    const open = room === "stands" || isRefusal(room) ? null : room.open;
    if (!open) throw new Error("no step was opened");
    const text = `The answer of number ${nth}.`;
    const saved = await insistent(
      () =>
        client.answer.save.mutate({
          ...{ interviewId, stepId: open.step.id, submit: true },
          answer: { kind: "text", text },
        }),
      ({ reason }) => reason === "takes_used",
    );
    if (isRefusal(saved)) throw new Error(`the answer was refused with ${saved.reason}`);
    noted("answer", text);
    await takes("finish", "interviewed");
  }

  return {
    acknowledged,
    complaints,
    figures: () => ({ stories: begun, madeAgain, faults }),
    open: () => stories.size,
    begin() {
      begun += 1;
      const nth = begun;
      const told = story(nth)
        .catch(
          (error: unknown) => void complaints.push(`story ${nth}: ${error instanceof Error ? error.message : "?"}`),
        )
        .finally(() => stories.delete(told));
      stories.add(told);
    },
    async over() {
      while (stories.size > 0) await Promise.all(stories);
    },
  };
}
