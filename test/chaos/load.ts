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
import { type Insistent, reached } from "./insisting.ts";
import type { Acknowledged } from "./picture.ts";
import type { Vouched } from "./refchecks.ts";
import { asksForReferences } from "./references.ts";

export type Load = {
  readonly acknowledged: readonly Acknowledged[];
  readonly vouched: readonly Vouched[];
  /** What went another way than it may, in words. */
  readonly complaints: readonly string[];
  readonly figures: () => { readonly stories: number; readonly madeAgain: number; readonly faults: number };
  /** Stories that are not over. */
  readonly open: () => number;
  readonly begin: () => void;
  /** Resolves when all that were begun are over. */
  readonly over: () => Promise<void>;
};

const plots = [
  "finishes",
  "finishes",
  "stays away",
  "confirms and stays away",
  "comes at the last moment",
  "finishes against time",
  "comes with others",
  "is vouched for",
  "is vouched for",
  "names nobody",
] as const;
type Plot = (typeof plots)[number];

const hourMs = 3_600_000;
/** How long after the invitation its deadline falls, least and most. */
const aheadMs: Readonly<Record<Plot, readonly [least: number, most: number]>> = {
  "stays away": [700, 2_500],
  "confirms and stays away": [700, 2_500],
  "comes at the last moment": [700, 2_500],
  "comes with others": [700, 2_500],
  "names nobody": [700, 2_500],
  "is vouched for": [hourMs, hourMs],
  "finishes against time": [hourMs, hourMs],
  finishes: [hourMs, hourMs],
};
/** Of whoever is to finish against time it is moved up while they are interviewing, to so long from then. */
const movedUpMs = [500, 2_000] as const;
const othersCount = 5;
const patienceMs = 300_000;
const answerTimeoutMs = 15_000;

type House = {
  readonly client: Client;
  readonly projectId: `prj_${string}`;
  /** Whose deadline is the last instant to finish. */
  readonly finishByProjectId: `prj_${string}`;
  /** With one question, of which two references must answer. */
  readonly roleId: `rol_${string}`;
};

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
  const vouched: Vouched[] = [];
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

  type Told = Omit<Acknowledged, "what" | "text">;
  type Beginning = { readonly nth: number; readonly chance: Chance; readonly insistent: Insistent };

  const noted = (told: Told, what: Acknowledged["what"], text: string | null = null) =>
    void acknowledged.push({ ...told, what, text });
  const candidateOf = (nth: number | string) => ({
    ...{ email: `candidate.${nth}@example.com`, firstName: "Cleo", lastName: `Number ${nth}` },
  });
  const deadlineFor = (plot: Plot, chance: Chance) => new Date(Date.now() + chance.between(...aheadMs[plot]));

  async function story(nth: number): Promise<void> {
    // Its own, so that no story's chance hangs on how quick another was.
    const chance = chanceFrom(seed * 100_003 + nth);
    const plot = chance.oneOf(plots);
    const insistent: Insistent = (call, stands = () => false) => insist(call, stands, chance);
    const beginning = { nth, chance, insistent };
    if (plot === "comes with others") return crowd(beginning);
    if (plot === "is vouched for" || plot === "names nobody") {
      const asking = { ...beginning, staff: house.client, roleId: house.roleId, letterTo: cluster.letterTo };
      const noting = {
        clientWith: (token: string) => patientClient(url, token),
        noted: (one: Vouched) => void vouched.push(one),
      };
      return asksForReferences({ ...asking, ...noting }, deadlineFor(plot, chance), plot === "names nobody");
    }
    return one(plot, beginning);
  }

  /** Several in one call, each under a key of its own; then they stay away. */
  async function crowd({ nth, chance, insistent }: Beginning): Promise<void> {
    const deadlineAt = deadlineFor("comes with others", chance);
    const rows = Array.from({ length: othersCount }, (_, index) => ({
      requestKey: `story-number-${nth}-${index}`,
      candidate: candidateOf(`${nth}.${index}`),
    }));
    const invited = await insistent(() =>
      house.client.interview.createAndInviteMany.mutate({ projectId: house.projectId, deadlineAt, rows }),
    );
    if (invited === "stands" || isRefusal(invited)) throw new Error(`the crowd was refused: ${String(invited)}`);
    for (const result of invited.results) {
      const row = rows[result.index];
      if (result.outcome === "invited" && row) {
        noted({ ...result, requestKey: row.requestKey, email: row.candidate.email }, "invite");
      } else if (result.outcome === "refused" && result.reason !== "deadline_in_past") {
        throw new Error(`row ${result.index} was refused with ${result.reason}`);
      }
    }
  }

  async function one(plot: Plot, { nth, chance, insistent }: Beginning): Promise<void> {
    const requestKey = `story-number-${nth}`;
    const candidate = candidateOf(nth);
    const { email } = candidate;
    const isAgainstTime = plot === "finishes against time";
    const isShort = plot !== "finishes" && !isAgainstTime;
    let mayExpire = isShort;
    let deadlineAt = deadlineFor(plot, chance);
    const projectId = isAgainstTime ? house.finishByProjectId : house.projectId;
    const invited = await insistent(() =>
      house.client.interview.createAndInvite.mutate({ projectId, requestKey, deadlineAt, candidate }),
    );
    // Its deadline had passed before anybody was there to take the invitation: then there must be none.
    if (isShort && isRefusal(invited, "deadline_in_past")) return;
    if (invited === "stands" || isRefusal(invited)) throw new Error(`the invitation was refused: ${String(invited)}`);
    const interviewId: InterviewId = invited.id;
    const told = { interviewId, requestKey, email };
    noted(told, "invite");
    if (plot === "stays away") return;

    const token = /\/auth\/link\/([A-Za-z0-9_-]+)/.exec(await cluster.letterTo(email))?.[1] ?? "";
    const visitor = patientClient(url, "");
    const entered = await insistent(() => visitor.identity.useLink.mutate({ token }));
    if (entered === "stands" || isRefusal(entered)) throw new Error(`the link was refused: ${String(entered)}`);
    const client = patientClient(url, entered.token);
    const untilTheLastMoment = () => pause(Math.max(0, deadlineAt.getTime() - Date.now() - chance.between(0, 60)));

    /** What somebody does before the deadline; null when that was quicker, where that may be. */
    const inTime = async <Answer>(
      what: string,
      call: () => Promise<Answer>,
      stands: (refusal: Refusal) => boolean = () => false,
    ): Promise<Answer | "stands" | null> => {
      const answer = await insistent(call, stands);
      if (!isRefusal(answer)) return answer;
      if (mayExpire && reached("expired")(answer)) return null;
      throw new Error(`${what} was refused with ${answer.reason}`);
    };
    const takes = async (what: "confirm" | "start" | "finish", status: string): Promise<boolean> => {
      const taken = await inTime<unknown>(what, () => client.interview[what].mutate({ interviewId }), reached(status));
      if (taken !== null) noted(told, what);
      return taken !== null;
    };
    if (plot === "comes at the last moment") await untilTheLastMoment();
    if (!(await takes("confirm", "confirmed")) || isShort) return;
    await takes("start", "interviewing");
    const room = await insistent(() => client.answer.openStep.mutate({ interviewId }));
    const open = room === "stands" || isRefusal(room) ? null : room.open;
    if (!open) throw new Error("no step was opened");
    const text = `The answer of number ${nth}.`;
    const lastMoment = chance.oneOf(["answer", "finish"]);
    if (isAgainstTime) {
      mayExpire = true;
      deadlineAt = new Date(Date.now() + chance.between(...movedUpMs));
      // Refused when nobody was there to hear of it in time, or when it has been heard of and passed: what it has come to is seen below.
      await insistent(() => house.client.interview.setDeadline.mutate({ interviewId, deadlineAt }));
      if (lastMoment === "answer") await untilTheLastMoment();
    }
    const saved = await inTime(
      "the answer",
      () =>
        client.answer.save.mutate({
          ...{ interviewId, stepId: open.step.id, submit: true },
          answer: { kind: "text", text },
        }),
      ({ reason }) => reason === "takes_used",
    );
    if (saved === null) return;
    noted(told, "answer", text);
    if (isAgainstTime && lastMoment === "finish") await untilTheLastMoment();
    await takes("finish", "interviewed");
  }

  return {
    acknowledged,
    vouched,
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
