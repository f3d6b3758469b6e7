import { initTRPC, TRPCError } from "@trpc/server";
import { $ZodError } from "zod/v4/core";
import { DatabaseFailure } from "../../db/database.ts";
import type { Deps } from "../kernel/deps.ts";
import { issuesOf, type Reason, Refused, refusals, refuse } from "../kernel/errors.ts";
import { type Access, type Actor, hasAtLeast } from "../kernel/scope.ts";
import { serialize } from "../kernel/wire.ts";
import { guardOf } from "../session/actions.ts";
import type { Context } from "./context.ts";
import type { RefusalData, RefusalShape } from "./refusal.ts";

/** Who a procedure is for, and the least access it needs. The authorization walk reads it from the router. */
export type Meta = { readonly for: "anyone" | "user" | "member" | "candidate" | "reference"; readonly needs?: Access };

const plainIn = { serialize: (value: unknown) => value, deserialize: (value: unknown) => value };

/** superjson's format without superjson: the server only ever writes it. */
const richOut = {
  serialize,
  deserialize: (): never => {
    throw new Error("The server never reads an output.");
  },
};

const t = initTRPC
  .context<Context>()
  .meta<Meta>()
  .create({
    isDev: false,
    transformer: { input: plainIn, output: richOut },
    errorFormatter: ({ shape, error, ctx }): RefusalShape => ({
      code: shape.code,
      message: messageOf(error),
      data: { code: shape.data.code, httpStatus: shape.data.httpStatus, ...refusalOf(error, ctx?.requestId ?? "") },
    }),
  });

/** What tRPC refuses by itself, before any of our code is asked. */
const reasonsOfTrpc = new Map<TRPCError["code"], Reason>([
  ["BAD_REQUEST", "bad_input"],
  ["NOT_FOUND", "no_such_call"],
  ["METHOD_NOT_SUPPORTED", "wrong_method"],
  ["PAYLOAD_TOO_LARGE", "too_large"],
  ["UNSUPPORTED_MEDIA_TYPE", "bad_input"],
]);

function refusedIn(error: TRPCError): Refused | undefined {
  if (error.cause instanceof Refused) return error.cause;
  const reason = reasonsOfTrpc.get(error.code);
  return reason && new Refused(reason);
}

function messageOf(error: TRPCError): string {
  const refused = refusedIn(error);
  return refused?.message ?? "Something went wrong on our side. The request id helps us find it.";
}

function refusalOf(error: TRPCError, requestId: string): RefusalData {
  const refused = refusedIn(error);
  // An output or a stored value that is not of its shape is a fault of ours, and nobody is told which field it was.
  const issues = refused?.reason === "bad_input" ? issuesIn(error) : [];
  return { reason: refused?.reason ?? "internal", facts: refused?.facts ?? {}, issues, requestId };
}

function issuesIn({ code, cause }: TRPCError): RefusalData["issues"] {
  if (cause instanceof $ZodError) return issuesOf(cause);
  if (code === "UNSUPPORTED_MEDIA_TYPE") return [{ path: "content-type", message: "must be application/json" }];
  return cause instanceof SyntaxError ? [{ path: "", message: "must be JSON" }] : [];
}

/** Translates a refusal into its code, once for the whole API. `next()` never rejects: the result says. */
const translate = t.middleware(async ({ ctx, next, path }) => {
  const result = await next();
  if (result.ok) return result;
  const { cause } = result.error;
  if (cause instanceof Refused) {
    throw new TRPCError({ code: refusals[cause.reason].code, message: cause.message, cause });
  }
  if (cause instanceof DatabaseFailure) {
    ctx.deps.log("database_failure", { path, message: cause.message });
    throw new TRPCError({ code: "SERVICE_UNAVAILABLE", cause: new Refused("unavailable") });
  }
  if (result.error.code === "INTERNAL_SERVER_ERROR") {
    ctx.deps.log("internal_error", { path, error: cause?.name ?? result.error.name });
  }
  return result;
});

const base = t.procedure.use(translate);

function guarded(deps: Deps, actor: Actor): Deps {
  return { ...deps, db: deps.db.guardedBy(guardOf(actor, deps.now())) };
}

/** The session alone: what is a person's own stays theirs when their access to an organization has changed. */
function guardedBySession(deps: Deps, actor: Actor): Deps {
  if (actor.kind !== "member") return guarded(deps, actor);
  return guarded(deps, { kind: "user", sessionId: actor.sessionId, userId: actor.userId });
}

export const router = t.router;

/** For whoever calls, signed in or not. */
export const anyone = base.meta({ for: "anyone" });

/** For a person signed in as staff, inside an organization or not. */
export const signedIn = base.meta({ for: "user" }).use(({ ctx, next }) => {
  const { actor } = ctx;
  if (actor === null) return refuse("signed_out");
  if (actor.kind === "candidate" || actor.kind === "reference") return refuse("wrong_actor");
  return next({ ctx: { deps: guardedBySession(ctx.deps, actor), scope: actor } });
});

/** For a member of an organization with at least this access. */
export const member = (needs: Access) =>
  base.meta({ for: "member", needs }).use(async ({ ctx, next }) => {
    const { actor } = ctx;
    if (actor === null) return refuse("signed_out");
    if (actor.kind !== "member") return refuse("wrong_actor");
    const deps = guarded(ctx.deps, actor);
    if (!hasAtLeast(actor.access, needs)) {
      // The claim may be older than a promotion: the guard alone is asked, and says so before anything is refused.
      await deps.db.read({});
      return refuse("not_allowed");
    }
    return next({ ctx: { deps, scope: actor } });
  });

/** For a candidate, by link or by password. */
export const candidate = base.meta({ for: "candidate" }).use(({ ctx, next }) => {
  const { actor } = ctx;
  if (actor === null) return refuse("signed_out");
  if (actor.kind !== "candidate") return refuse("wrong_actor");
  return next({ ctx: { deps: guarded(ctx.deps, actor), scope: actor } });
});

/** For somebody asked about a candidate, by the link in their letter. */
export const reference = base.meta({ for: "reference" }).use(({ ctx, next }) => {
  const { actor } = ctx;
  if (actor === null) return refuse("signed_out");
  if (actor.kind !== "reference") return refuse("wrong_actor");
  return next({ ctx: { deps: guarded(ctx.deps, actor), scope: actor } });
});

/** For anyone who is signed in, of whatever kind: signing out and one's own sessions. */
export const anySession = base.meta({ for: "user" }).use(({ ctx, next }) => {
  const { actor } = ctx;
  if (actor === null) return refuse("signed_out");
  return next({ ctx: { deps: guardedBySession(ctx.deps, actor), scope: actor } });
});
