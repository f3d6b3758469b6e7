// People who take part in a refcheck from places of their own, and what stands of that in the database.
import { createTRPCClient, httpLink } from "@trpc/client";
import { eq } from "drizzle-orm";
import superjson from "superjson";
import { letter, signal, trace } from "../../db/schema/index.ts";
import { all, build } from "../../db/statement.ts";
import type { AppRouter } from "../../src/app/router.ts";
import type { RefcheckId, ReferenceId } from "../../src/kernel/ids.ts";
import type { QuestionAnswer } from "../../src/questionnaire/contract.ts";
import type { Inputs } from "../support/questionnaire.ts";
import { aReference, type RefcheckOf, shortAnswers } from "../support/refcheck.ts";
import { candidateToken, referenceToken } from "../support/stage.ts";
import { type Client, database, type House, lettersTo, origin, send, unique } from "../support/world.ts";

/** From where somebody calls: without a device their frontend names none, without a country the edge knows none. */
export type Place = { readonly ip: string; readonly deviceId?: string; readonly country?: string };

/** Where nobody else is. */
export function somewhere(over: Partial<Place> = {}): Place {
  const nth = unique();
  return { ip: `2001:db8:${(nth >> 16).toString(16)}:${(nth & 0xffff).toString(16)}::1`, ...over };
}

/** A browser nobody else has. */
export const newDevice = () => `device-${crypto.randomUUID()}`;

/** The typed client of somebody who stays where they are. */
export function clientAt({ ip, deviceId, country }: Place, token?: string): Client {
  const plain = { serialize: (value: unknown) => value, deserialize: (value: unknown) => value };
  const link = httpLink({
    url: `${origin}/trpc`,
    transformer: { input: plain, output: superjson },
    headers: () => ({
      ...{ "cf-connecting-ip": ip, "user-agent": "a test" },
      ...(deviceId && { "x-device-id": deviceId }),
      ...(country && { "cf-ipcountry": country }),
      ...(token && { authorization: `Bearer ${token}` }),
    }),
    fetch: (url, init) => send(new Request(String(url), init as RequestInit)),
  });
  return createTRPCClient<AppRouter>({ links: [link] });
}

export const candidateAt = async (whose: RefcheckOf, place: Place = somewhere()) =>
  clientAt(place, await candidateToken(whose));

export const refereeAt = async (whose: RefcheckOf, referenceId: ReferenceId, place: Place = somewhere()) =>
  clientAt(place, await referenceToken({ ...whose, referenceId }));

/** Named by their candidate, one after the other, from one place. */
export async function named(
  whose: RefcheckOf,
  references: readonly Partial<Inputs["reference"]["add"]>[],
  place: Place = somewhere(),
): Promise<ReferenceId[]> {
  const candidate = await candidateAt(whose, place);
  const ids: ReferenceId[] = [];
  for (const over of references) {
    const own = await candidate.reference.add.mutate({ ...aReference(over), refcheckId: whose.refcheckId });
    ids.push(...own.references.map(({ id }) => id).filter((id) => !ids.includes(id)));
  }
  return ids;
}

/** Their first reference, which a test is about. */
export async function withOne(found: RefcheckOf, over: Partial<Inputs["reference"]["add"]> = {}) {
  const [referenceId = found.referenceId] = await named(found, [over]);
  return { whose: { ...found, referenceId }, referenceId, refcheckId: found.refcheckId };
}

type Answer = Inputs["reference"]["save"]["answers"][number];

/** The short questionnaire's answers, but for these. */
export const shortAnswersBut = (...over: Answer[]): Answer[] => [
  ...shortAnswers.filter(({ key }) => !over.some((answer) => answer.key === key)),
  ...over,
];

export const worked = (from: string, to: string | null): Answer => ({
  key: "when",
  answer: { kind: "date_range", from, to },
});

export const added = (text: string): Answer => ({ key: "else", answer: { kind: "text", text } });

type Asked = { readonly kind: string; readonly options?: readonly { readonly key: string }[] };

/** One that fits, and says little. */
export function anAnswerTo({ kind, options = [] }: Asked): QuestionAnswer {
  switch (kind) {
    case "rating":
      return { kind, score: 2 };
    case "yes_no":
      return { kind, yes: true };
    case "choice":
      return { kind, optionKeys: options.slice(0, 1).map(({ key }) => key) };
    case "date_range":
      return { kind, from: "2029-01", to: null };
    case "rehire":
      return { kind, verdict: "yes" };
    default:
      return { kind: "text", text: "Good." };
  }
}

/** Accepts, answers and finishes, from one place. */
export async function answers(
  whose: RefcheckOf,
  referenceId: ReferenceId,
  given: Answer[] = shortAnswers,
  place: Place = somewhere(),
): Promise<Client> {
  const client = await refereeAt(whose, referenceId, place);
  await client.reference.accept.mutate();
  await client.reference.save.mutate({ answers: given });
  await client.reference.finish.mutate();
  return client;
}

/** The refcheck as its owner sees it. */
export const seen = (house: House, { refcheckId }: Pick<RefcheckOf, "refcheckId">) =>
  house.owner.client.refcheck.get.query({ refcheckId });

/** The one signal there is. */
export async function onlySignal(house: House, whose: Pick<RefcheckOf, "refcheckId">) {
  const { signals } = await seen(house, whose);
  const [signal] = signals;
  if (!signal || signals.length > 1) throw new Error(`expected one signal, but there are ${signals.length}`);
  return signal;
}

/** What its maker was written of the role's refchecks. */
export async function toldOf(house: House, roleTitle: string): Promise<string[]> {
  const letters = await lettersTo(house.owner.email);
  return letters.filter(({ subject }) => subject.includes(roleTitle)).map(({ text }) => text);
}

/** What is to be looked at, by kind and in alphabetical order. */
export async function openIn(house: House, whose: Pick<RefcheckOf, "refcheckId">): Promise<string[]> {
  const { signals } = await seen(house, whose);
  return signals
    .filter(({ resolvedAt, withdrawnAt }) => !resolvedAt && !withdrawnAt)
    .map(({ kind }) => kind)
    .sort();
}

/** What became of the letters about it. */
export async function lettersOf(refcheckId: RefcheckId) {
  const { rows } = await database().read({
    rows: all(
      build
        .select({ content: letter.content, status: letter.status })
        .from(letter)
        .where(eq(letter.refcheckId, refcheckId)),
    ),
  });
  return rows.map(({ content, status }) => ({ kind: content.kind, status }));
}

/** From where they took part, as it is kept. */
export async function tracesIn(refcheckId: RefcheckId) {
  const { rows } = await database().read({
    rows: all(build.select().from(trace).where(eq(trace.refcheckId, refcheckId)).orderBy(trace.seenAt)),
  });
  return rows;
}

/** All signals that there ever were, as they are kept. */
export async function signalsIn(refcheckId: RefcheckId) {
  const { rows } = await database().read({
    rows: all(build.select().from(signal).where(eq(signal.refcheckId, refcheckId)).orderBy(signal.id)),
  });
  return rows;
}

/** Nineteen words, of which the last is the writer's own. */
export const nearlyTheSame = (writer: string) =>
  `She came early and left late, nobody had to ask her twice, and everybody here would gladly take ${writer}`;
