// What is asked for over many connections, each question again and again: its answer is the same bytes every time.
import { strict as assert } from "node:assert";
import { createAnteroom } from "../../client/index.ts";
import { fill, type House, type Question, questionOf } from "./arrange.ts";

export type Scenario = {
  readonly name: string;
  /** How the bare Worker answers it. */
  readonly bare: "list" | "changes";
  readonly arrange: (house: House) => Promise<void>;
  /** As one of these installations is asked; also what has to be true of the answer for the measure to mean anything. */
  readonly question: (house: House, url: string) => Promise<Question>;
};

const size = 20;
const interviewCount = Number(process.env.BENCH_INTERVIEWS ?? 1_000);

/** A page of the newest, among them interviewed ones at every stage of their evaluation. */
const list: Scenario = {
  name: "list",
  bare: "list",
  arrange: (house) => fill(house, interviewCount),
  async question({ token }, url) {
    const { question, answer } = await questionOf(url, token, ({ interview }) => interview.list.query({ size }));
    assert.equal(answer.items.length, size);
    const stages = new Set(answer.items.map(({ evaluationStatus }) => evaluationStatus));
    assert.deepEqual([...stages].sort(), ["completed", "partial", "pending"]);
    return question;
  },
};

/** What a recruiter's list asks after somebody has labelled twenty. */
const changesSince: Scenario = {
  name: "changesSince",
  bare: "changes",
  arrange: (house) => fill(house, interviewCount),
  question: async ({ token }, url) => {
    cursor ??= await labelTwenty(url, token);
    const asked = { cursor, size };
    const { question, answer } = await questionOf(url, token, ({ interview }) => interview.changesSince.query(asked));
    assert.deepEqual(
      answer.items.map(({ kind }) => kind),
      Array.from({ length: size }, () => "changed"),
    );
    assert.equal(answer.isMore, false);
    return question;
  },
};

let cursor: string | undefined;

/** The cursor from before. */
async function labelTwenty(url: string, token: string): Promise<string> {
  const { interview } = createAnteroom({ url, token });
  const before = await interview.changesSince.query({});
  const { items } = await interview.list.query({ size });
  for (const { id, labels } of items)
    await interview.setLabels.mutate({ interviewId: id, labels: [...labels, "seen"] });
  return before.cursor;
}

export const scenarios: readonly Scenario[] = [list, changesSince];
