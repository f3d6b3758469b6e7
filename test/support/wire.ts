// The API as it looks on the wire: every procedure of the router, called without the typed client's help.
import * as z from "zod";
import { appRouter } from "../../src/app/router.ts";
import type { Reason } from "../../src/kernel/errors.ts";
import { accessLevels } from "../../src/kernel/scope.ts";
import { origin, send } from "./world.ts";

const Definition = z.object({
  type: z.enum(["query", "mutation"]),
  meta: z.object({
    for: z.enum(["anyone", "user", "member", "candidate", "reference"]),
    needs: z.enum(accessLevels).optional(),
  }),
  inputs: z.array(z.instanceof(z.core.$ZodType)),
  output: z.instanceof(z.core.$ZodType).optional(),
});

export type Procedure = z.infer<typeof Definition> & { readonly path: string };

function definitionOf(value: unknown): unknown {
  return typeof value === "function" && "_def" in value ? value._def : undefined;
}

// The router makes each noun when it is first called.
for (const noun of Object.values(appRouter._def.lazy)) await noun.load();

/** Every procedure there is, read from the router itself. */
export const procedures: readonly Procedure[] = Object.entries(appRouter._def.procedures).map(([path, value]) => ({
  path,
  ...Definition.parse(definitionOf(value)),
}));

export type Answer = {
  /** `ok`, or the reason of the refusal. */
  readonly outcome: "ok" | Reason | "internal";
  readonly status: number;
  /** tRPC's name of the code; null when it went well. */
  readonly code: string | null;
  readonly message: string | null;
  readonly facts: unknown;
  readonly data: unknown;
  /** The whole body as it was sent, and all the headers. */
  readonly text: string;
  readonly headers: string;
  /** As the Worker reports them; null when it never came that far. */
  readonly trips: number | null;
};

const Envelope = z.union([
  z.object({ result: z.object({ data: z.object({ json: z.unknown() }) }) }),
  z.object({
    error: z.object({
      json: z.object({
        message: z.string(),
        data: z.object({ code: z.string(), httpStatus: z.number(), reason: z.string(), facts: z.unknown() }),
      }),
    }),
  }),
]);

function answerOf(envelope: unknown, text: string, response: Response): Answer {
  const parsed = Envelope.parse(envelope);
  const said = response.headers.get("server-timing");
  const trips = said === null ? null : Number(/(\d+) round trips/.exec(said)?.[1] ?? Number.NaN);
  const headers = JSON.stringify([...response.headers]);
  const common = { status: response.status, text, headers, trips };
  if ("result" in parsed) {
    const { json } = parsed.result.data;
    return { ...common, outcome: "ok", code: null, message: null, facts: null, data: json };
  }
  const { message, data } = parsed.error.json;
  // The reason comes from the closed table or is "internal"; a test that meets another one fails on comparing it.
  const outcome = data.reason as Answer["outcome"];
  return { ...common, outcome, code: data.code, message, facts: data.facts, data: null };
}

/** Each call comes from a network of its own, unless it says otherwise: limits are not what these tests are about. */
function headersOf(token: string | undefined): Record<string, string> {
  const [a, b, c] = crypto.getRandomValues(new Uint8Array(3));
  return {
    "content-type": "application/json",
    "cf-connecting-ip": `11.${a}.${b}.${c}`,
    "user-agent": "a walk",
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  };
}

/** What an address holds; src/app/http.ts has the same number. */
export const addressCharsMax = 16 * 1_024;

/** Sends this very text as the input: a body for a mutation, a parameter for a query, while an address can hold it. */
export function requestWith({ path, type }: Pick<Procedure, "path" | "type">, text: string | null, token?: string) {
  const headers = headersOf(token);
  const url = `${origin}/trpc/${path}`;
  const isLong = encodeURIComponent((text ?? "").toWellFormed()).length > addressCharsMax - 200;
  if (type === "mutation" || isLong)
    return new Request(url, { method: "POST", headers, ...(text !== null && { body: text }) });
  return new Request(text === null ? url : `${url}?input=${encodeURIComponent(text)}`, { headers });
}

/** `sender` stands in for the Worker. */
export async function sent(request: Request, sender: typeof send = send): Promise<Answer> {
  const response = await sender(request);
  const text = await response.text();
  return answerOf(JSON.parse(text), text, response);
}

export function textOf(input: unknown): string | null {
  return input === undefined ? null : JSON.stringify(input);
}

export function ask(procedure: Procedure, input: unknown, token?: string): Promise<Answer> {
  return sent(requestWith(procedure, textOf(input), token));
}

export type Call = { readonly path: string; readonly input: unknown };

/** Several calls of one type in one request, as httpBatchLink sends them; answers in their order. */
export async function askTogether(type: Procedure["type"], calls: readonly Call[], token?: string): Promise<Answer[]> {
  const path = calls.map((call) => call.path).join(",");
  const inputs = Object.fromEntries(calls.map(({ input }, index) => [index, input]));
  const text = JSON.stringify(inputs);
  const url = `${origin}/trpc/${path}?batch=1`;
  const headers = headersOf(token);
  const response = await send(
    type === "mutation"
      ? new Request(url, { method: "POST", headers, body: text })
      : new Request(`${url}&input=${encodeURIComponent(text)}`, { headers }),
  );
  const answered = await response.text();
  return z
    .array(z.unknown())
    .parse(JSON.parse(answered))
    .map((envelope) => answerOf(envelope, answered, response));
}
