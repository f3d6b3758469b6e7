import { readFileSync } from "node:fs";
import { TRPCClientError } from "@trpc/client";
import { describe, expect, it } from "vitest";
import { type AnteroomOptions, createAnteroom, isFault, isRefusal, isUnreachable } from "../../client/index.ts";
import { serialize } from "../../src/kernel/wire.ts";

type Sent = { url: URL; method: string; headers: Headers; body: unknown };
type Answer = (path: string) => { result: unknown } | { error: unknown };

const user = {
  id: "usr_1",
  email: "ada@example.com",
  firstName: "Ada",
  lastName: "Lovelace",
  language: "en",
  timeZone: "UTC",
  createdAt: new Date("2026-11-22T20:00:00.123Z"),
};

function succeeds(data: unknown) {
  return { result: { data: serialize(data) } };
}

function fails(code: string, httpStatus: number, reason: string, facts: object = {}) {
  const issues = [{ path: "email", message: "Invalid email" }];
  return {
    error: serialize({
      code: -32_009,
      message: "A sentence.",
      data: { code, httpStatus, reason, facts, issues, requestId: "req_1" },
    }),
  };
}

/** Answers like the API, one item per call of the batch, and turns away a batch of more than ten as the API does. */
function api(answer: Answer, options: Partial<AnteroomOptions> = {}) {
  const sent: Sent[] = [];
  const anteroom = createAnteroom({
    url: "https://api.example.com/",
    ...options,
    fetch: async (url, init) => {
      const request = new Request(url, init);
      const body = request.method === "POST" ? await request.json() : null;
      sent.push({ url: new URL(url), method: request.method, headers: request.headers, body });
      const paths = new URL(url).pathname.replace("/trpc/", "").split(",");
      if (paths.length > 10) throw new Error("the API takes ten calls in a request");
      return Response.json(paths.map(answer));
    },
  });
  return { anteroom, sent };
}

async function failureOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => expect.unreachable("the call went through"),
    (error: unknown) => error,
  );
}

const signIn = { email: "ada@example.com", password: "correct horse" };

describe("an answer", () => {
  it("has its instants as Dates, to the millisecond", async () => {
    const { anteroom } = api(() => succeeds({ user, organizations: [], entered: null }));
    const me = await anteroom.identity.me.query();
    expect(me.user.createdAt).toStrictEqual(new Date("2026-11-22T20:00:00.123Z"));
  });

  it("comes from /trpc of the address given, whether or not that ends with a slash", async () => {
    const { anteroom, sent } = api(() => succeeds({ user, organizations: [], entered: null }));
    await anteroom.identity.me.query();
    expect(sent[0]?.url.href).toBe("https://api.example.com/trpc/identity.me?batch=1");
  });
});

describe("a batch", () => {
  it("holds the calls of one tick, at most ten, and each call gets its own answer", async () => {
    let count = 0;
    const { anteroom, sent } = api(() => {
      count += 1;
      return count === 12 ? fails("NOT_FOUND", 404, "not_found") : succeeds({ purpose: null, alive: count % 2 === 0 });
    });
    const calls = Array.from({ length: 25 }, (_, index) => anteroom.identity.openLink.query({ token: `t${index}` }));
    const settled = await Promise.allSettled(calls);
    expect(sent.map(({ url }) => url.pathname.split(",").length)).toStrictEqual([10, 10, 5]);
    expect(settled.flatMap(({ status }, index) => (status === "rejected" ? [index] : []))).toStrictEqual([11]);
  });

  it("keeps what is asked out of the address, reads included", async () => {
    const { anteroom, sent } = api(() => succeeds({ purpose: null, alive: false }));
    await anteroom.identity.openLink.query({ token: "a secret" });
    expect(sent[0]?.url.search).toBe("?batch=1");
    expect(sent[0]?.body).toStrictEqual({ "0": { token: "a secret" } });
  });

  it("keeps reads and changes apart", async () => {
    const { anteroom, sent } = api(() => succeeds({ done: true }));
    await Promise.all([anteroom.identity.me.query(), anteroom.identity.signOut.mutate()]);
    expect(sent.map(({ url }) => url.pathname).sort()).toStrictEqual(["/trpc/identity.me", "/trpc/identity.signOut"]);
  });

  it("sends inputs as plain JSON", async () => {
    const { anteroom, sent } = api(() => succeeds({}));
    await anteroom.identity.signIn.mutate(signIn);
    expect(sent[0]?.body).toStrictEqual({ "0": signIn });
  });
});

describe("the token", () => {
  const authorizationOf = ({ headers }: Sent) => headers.get("authorization");

  it("is asked for anew before each request, so that it may change", async () => {
    let token: string | null = null;
    const { anteroom, sent } = api(() => succeeds({ done: true }), { token: async () => token });
    await anteroom.identity.signOut.mutate();
    token = "first";
    await anteroom.identity.signOut.mutate();
    token = "second";
    await anteroom.identity.signOut.mutate();
    expect(sent.map(authorizationOf)).toStrictEqual([null, "Bearer first", "Bearer second"]);
  });

  it("may be text, and goes beside other headers without being overruled by them", async () => {
    const { anteroom, sent } = api(() => succeeds({ done: true }), {
      token: "fixed",
      headers: () => ({ authorization: "Bearer other", "x-trace": "1" }),
    });
    await anteroom.identity.signOut.mutate();
    expect(sent.map(authorizationOf)).toStrictEqual(["Bearer fixed"]);
    expect(sent[0]?.headers.get("x-trace")).toBe("1");
  });
});

describe("a refusal", () => {
  const refused = () =>
    failureOf(
      api(() =>
        fails("CONFLICT", 409, "illegal_step", { from: "new", verb: "start", allowed: ["invite", "skip"] }),
      ).anteroom.identity.signIn.mutate(signIn),
    );

  it("tells its reason, facts, sentence, issues and request", async () => {
    const error = await refused();
    if (!isRefusal(error)) throw error;
    expect(error).toMatchObject({
      reason: "illegal_step",
      facts: { from: "new", verb: "start", allowed: ["invite", "skip"] },
      sentence: "A sentence.",
      issues: [{ path: "email", message: "Invalid email" }],
      requestId: "req_1",
    });
  });

  it("is told from refusals for other reasons, faults and silence", async () => {
    const error = await refused();
    expect(isRefusal(error, "illegal_step")).toBe(true);
    expect(isRefusal(error, "moved_on")).toBe(false);
    expect(isFault(error)).toBe(false);
    expect(isUnreachable(error)).toBe(false);
  });

  it("is still the error that tRPC's own tools expect", async () => {
    const error = await refused();
    if (!(error instanceof TRPCClientError)) throw error;
    expect(error.data).toMatchObject({ code: "CONFLICT", httpStatus: 409 });
  });

  it("is understood when one answer stands for the whole batch", async () => {
    const anteroom = createAnteroom({
      url: "https://api.example.com",
      fetch: async () => Response.json(fails("PAYLOAD_TOO_LARGE", 413, "too_large"), { status: 413 }),
    });
    const errors = await Promise.all([
      failureOf(anteroom.identity.me.query()),
      failureOf(anteroom.identity.me.query()),
    ]);
    expect(errors.map((error) => isRefusal(error, "too_large"))).toStrictEqual([true, true]);
  });

  it("is not claimed by anything that merely looks like one", () => {
    expect(isRefusal({ reason: "not_found", facts: {}, sentence: "", issues: [], requestId: "" })).toBe(false);
    expect(isRefusal(new Error("not_found"))).toBe(false);
    expect(isRefusal(undefined)).toBe(false);
  });
});

describe("a fault", () => {
  it.each(["internal", "a_reason_from_next_year", "toString"])(
    "is what %s is called, with its request",
    async (reason) => {
      const { anteroom } = api(() => fails("INTERNAL_SERVER_ERROR", 500, reason));
      const error = await failureOf(anteroom.identity.me.query());
      if (!isFault(error)) throw error;
      expect(error.requestId).toBe("req_1");
      expect(isRefusal(error)).toBe(false);
      expect(isUnreachable(error)).toBe(false);
    },
  );
});

describe("silence", () => {
  const broken: [string, AnteroomOptions["fetch"]][] = [
    ["a network that fails", () => Promise.reject(new TypeError("fetch failed"))],
    ["a page instead of an answer", async () => new Response("<h1>502</h1>", { status: 502 })],
    ["another service's JSON", async () => Response.json({ message: "Bad gateway" }, { status: 502 })],
    ["an empty answer", async () => new Response(null, { status: 504 })],
  ];

  it.each(broken)("is what %s is called", async (_, fetch) => {
    const anteroom = createAnteroom({ url: "https://api.example.com", ...(fetch && { fetch }) });
    const error = await failureOf(anteroom.identity.me.query());
    if (!isUnreachable(error)) throw error;
    expect(error.cause).toBeInstanceOf(Error);
    expect(isRefusal(error)).toBe(false);
    expect(isFault(error)).toBe(false);
  });

  it("is what a call is called that its caller gave up", async () => {
    const controller = new AbortController();
    const anteroom = createAnteroom({
      url: "https://api.example.com",
      fetch: (_, { signal }) =>
        new Promise((_resolve, reject) => {
          signal?.addEventListener("abort", () => reject(signal.reason));
          controller.abort();
        }),
    });
    const error = await failureOf(anteroom.identity.me.query(undefined, { signal: controller.signal }));
    expect(isUnreachable(error)).toBe(true);
  });
});

describe("the package", () => {
  type Manifest = { dependencies: Record<string, string> };
  const manifestOf = (path: string): Manifest =>
    JSON.parse(readFileSync(new URL(path, import.meta.url).pathname, "utf8"));

  it("asks for the versions that the server is built and tested with", () => {
    const { dependencies } = manifestOf("../../client/package.json");
    const ours = manifestOf("../../package.json").dependencies;
    for (const [name, range] of Object.entries(dependencies)) expect(range, name).toBe(`^${ours[name]}`);
  });
});
