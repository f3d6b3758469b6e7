// The Worker to be measured against: no router, no schema, no builder, no token. It sends the pipelines that were written down beforehand,
// reads the cells by their place, and writes the same bytes as the production bundle.
import { availableActions, type State } from "../../src/interview/machine.ts";
import { offeredIn } from "../../src/interview/policy.ts";
import type { ProjectStatus } from "../../src/project/machine.ts";

type Cell = { readonly type: string; readonly value?: string };
type Rows = { readonly rows: readonly (readonly Cell[])[] };
type Answer = {
  readonly results: readonly {
    readonly response: { readonly result: { readonly step_results: Rows[]; readonly step_errors: unknown[] } };
  }[];
};
type Env = {
  readonly PIPELINE_URL: string;
  readonly SCENARIO: "list" | "changes" | "invite";
  /** Each text of what is sent, in parts between which an instant or a tag is put; of `invite` the last is what is answered. */
  readonly TEXTS: string;
};

/** BEGIN and the two guards come before, COMMIT after. */
const firstStep = 3;
const pageSize = 20;
const totalMax = 1_000;
const headers = { "content-type": "application/json" };

let texts: string[][] | undefined;
let calls = 0;

const textOf = (cell: Cell | undefined) => cell?.value ?? null;
const numberOf = (cell: Cell | undefined) => (cell?.value === undefined ? null : Number(cell.value));
const instantOf = (cell: Cell | undefined) => (cell?.value === undefined ? null : new Date(Number(cell.value)));

/** The cells of a row, in the order of the list's columns: a column more there is a name more here. */
function itemOf(cells: readonly Cell[], now: Date) {
  const [
    id,
    ,
    projectId,
    projectName,
    projectStatus,
    candidateId,
    email,
    firstName,
    lastName,
    language,
    timeZone,
    emailStatus,
    emailDeadSince,
    status,
    previousStatus,
    version,
    deadlineAt,
    opensAt,
    inviteAt,
    startedAt,
    finishedAt,
    seenAt,
    accommodations,
    createdAt,
    dueAt,
    dueVerb,
    labels,
    manages,
    evaluationStatus,
    myEvaluationStatus,
    vetoes,
  ] = cells;
  const state = {
    status: textOf(status) as State["status"],
    opensAt: instantOf(opensAt),
    dueAt: instantOf(dueAt),
    dueVerb: textOf(dueVerb) as State["dueVerb"],
  };
  const offered = () => offeredIn(textOf(projectStatus) as ProjectStatus, availableActions(state, "member", now));
  return {
    id: textOf(id),
    projectId: textOf(projectId),
    projectName: textOf(projectName),
    candidate: {
      id: textOf(candidateId),
      email: textOf(email),
      emailStatus: textOf(emailStatus),
      emailDeadSince: instantOf(emailDeadSince),
      firstName: textOf(firstName),
      lastName: textOf(lastName),
      language: textOf(language),
      timeZone: textOf(timeZone),
    },
    status: state.status,
    previousStatus: textOf(previousStatus),
    version: numberOf(version),
    deadlineAt: instantOf(deadlineAt),
    opensAt: state.opensAt,
    inviteAt: instantOf(inviteAt),
    startedAt: instantOf(startedAt),
    finishedAt: instantOf(finishedAt),
    seenAt: instantOf(seenAt),
    accommodations: JSON.parse(textOf(accommodations) ?? "null"),
    createdAt: instantOf(createdAt),
    labels: JSON.parse(textOf(labels) ?? "[]"),
    evaluationStatus: textOf(evaluationStatus),
    myEvaluationStatus: textOf(myEvaluationStatus),
    vetoes: numberOf(vetoes),
    availableActions: numberOf(manages) === 1 ? offered() : [],
  };
}

const instants = ["deadlineAt", "opensAt", "inviteAt", "startedAt", "finishedAt", "seenAt", "createdAt"] as const;

async function resultsOf(env: Env, body: string): Promise<Rows[]> {
  const response = await fetch(env.PIPELINE_URL, { method: "POST", headers, body });
  const answer: Answer = await response.json();
  const result = answer.results[0]?.response.result;
  if (!result || result.step_errors.some((error) => error !== null)) throw new Error("the database refused");
  return result.step_results.slice(firstStep);
}

const cursorOf = (...keys: readonly unknown[]) => Buffer.from(JSON.stringify(keys)).toString("base64url");

/** `at` says where in the answer the nth item's interview is. */
function respond(json: object, items: readonly ReturnType<typeof itemOf>[], at: (index: number) => string): Response {
  const values: Record<string, readonly ["Date"]> = {};
  for (const [index, item] of items.entries()) {
    for (const name of instants) if (item[name]) values[`${at(index)}.${name}`] = ["Date"];
  }
  return new Response(JSON.stringify([{ result: { data: { json, meta: { values, v: 1 } } } }]), { headers });
}

async function list(env: Env, parts: readonly string[]): Promise<Response> {
  const now = new Date();
  const [page, total] = await resultsOf(env, parts.join(String(now.getTime())));
  const rows = page?.rows ?? [];
  const items = rows.slice(0, pageSize).map((row) => itemOf(row, now));
  const last = rows[pageSize - 1];
  const isMore = rows.length > pageSize && last !== undefined;
  const nextCursor = isMore ? cursorOf("created desc", numberOf(last.at(-1)), textOf(last[0])) : null;
  const count = numberOf(total?.rows[0]?.[0]) ?? 0;
  const json = { items, nextCursor, total: { count: Math.min(count, totalMax), isCapped: count > totalMax } };
  return respond(json, items, (index) => `items.${index}`);
}

async function changes(env: Env, parts: readonly string[]): Promise<Response> {
  const now = new Date();
  const [entries, interviews, last] = await resultsOf(env, parts.join(String(now.getTime())));
  const rows = new Map(interviews?.rows.map((row) => [textOf(row[0]), row]));
  const found = (entries?.rows ?? []).map((cells) => rows.get(textOf(cells[2])) ?? []);
  const items = found.map((row) => itemOf(row, now));
  const cursor = cursorOf("changes", textOf(found[0]?.[1]), numberOf(last?.rows[0]?.[0]));
  const json = { items: items.map((interview) => ({ kind: "changed", interview })), cursor, isMore: false };
  return respond(json, items, (index) => `items.${index}.interview`);
}

/** Rows of its own in every call: the tag is in all that has to be new. */
async function invite(
  request: Request,
  env: Env,
  [read = [], write = [], answer = []]: readonly (readonly string[])[],
): Promise<Response> {
  // What nobody takes in ends the connection under the answer.
  await request.text();
  const tag = (0xb000_0000 + calls).toString(16);
  calls += 1;
  await resultsOf(env, read.join(tag));
  await resultsOf(env, write.join(tag));
  return new Response(answer.join(tag), { headers });
}

export default {
  fetch(request: Request, env: Env): Promise<Response> {
    texts ??= JSON.parse(env.TEXTS) as string[][];
    if (env.SCENARIO === "invite") return invite(request, env, texts);
    return (env.SCENARIO === "list" ? list : changes)(env, texts[0] ?? []);
  },
};
