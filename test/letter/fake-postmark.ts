// Postmark as far as Anteroom uses it, and as strict: what the real one would not take is not taken here either.
import { postmark } from "../../src/app/postman.ts";
import type { Postman } from "../../src/kernel/deps.ts";
import { Message, postmarkToken } from "../support/postmark-message.ts";

/** `dropped_after`: it took the letter, but the answer never arrived. `dropped_before`: it was never reached. */
export type Answer =
  | "ok"
  | "inactive_406"
  | "invalid_300"
  | "busy_429"
  | "broken_500"
  | "html_502"
  | "portal_200"
  | "bad_token_401"
  | "dropped_before"
  | "dropped_after";

export type FakePostmark = {
  readonly postman: Postman;
  /** What it took, in order: what reached somebody's inbox. */
  readonly taken: Message[];
  /** What the real one would have refused for its shape; must stay empty. */
  readonly violations: string[];
  /** The most requests that were under way at one time. */
  readonly busiest: () => number;
};

export function fakePostmark(answerTo: (message: Message) => Answer = () => "ok"): FakePostmark {
  const taken: Message[] = [];
  const violations: string[] = [];
  let underWay = 0;
  let busiest = 0;

  function answer(message: Message): Response {
    const reply = answerTo(message);
    switch (reply) {
      case "ok":
        taken.push(message);
        return Response.json({ ErrorCode: 0, Message: "OK", MessageID: crypto.randomUUID(), To: message.To });
      case "dropped_after":
        taken.push(message);
        throw new TypeError("Network connection lost.");
      case "dropped_before":
        throw new TypeError("Network connection lost.");
      case "inactive_406":
        return Response.json(
          { ErrorCode: 406, Message: "You tried to send to an inactive recipient." },
          { status: 422 },
        );
      case "invalid_300":
        return Response.json({ ErrorCode: 300, Message: "Invalid 'To' address." }, { status: 422 });
      case "bad_token_401":
        return Response.json({ ErrorCode: 10, Message: "The server token is not known." }, { status: 401 });
      case "busy_429":
        return Response.json({ ErrorCode: 429, Message: "Rate limit exceeded." }, { status: 429 });
      case "broken_500":
        return Response.json({ ErrorCode: 0, Message: "Internal server error." }, { status: 500 });
      case "html_502":
        return new Response("<h1>Bad gateway</h1>", { status: 502 });
      case "portal_200":
        return new Response("<h1>Welcome to our wireless network</h1>");
    }
  }

  async function receive(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
    const request = new Request(input, init);
    if (request.method !== "POST" || request.url !== "https://api.postmarkapp.com/email") violations.push(request.url);
    if (request.headers.get("x-postmark-server-token") !== postmarkToken) violations.push("token");
    if (!request.headers.get("content-type")?.startsWith("application/json")) violations.push("content type");
    if (!init?.signal) violations.push("no timeout");
    const parsed = Message.safeParse(await request.json());
    if (parsed.success) return answer(parsed.data);
    violations.push(parsed.error.message);
    return Response.json({ ErrorCode: 403, Message: "Invalid JSON." }, { status: 422 });
  }

  const send = async (input: RequestInfo | URL, init?: RequestInit) => {
    underWay += 1;
    busiest = Math.max(busiest, underWay);
    try {
      return await receive(input, init);
    } finally {
      underWay -= 1;
    }
  };

  const address = "letters@anteroom.test";
  return { postman: postmark({ token: postmarkToken, address, send }), taken, violations, busiest: () => busiest };
}
