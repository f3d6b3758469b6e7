import type { Deps } from "../kernel/deps.ts";
import type { Actor } from "../kernel/scope.ts";
import { openSession } from "../session/actions.ts";

/** What every procedure is given before it knows who is asking. */
export type Context = {
  readonly deps: Deps;
  readonly requestId: string;
  /** Who the sealed token says is calling; whether that session is still alive is asked with the first statement. */
  readonly actor: Actor | null;
};

export async function contextOf(request: Request, deps: Deps, requestId: string): Promise<Context> {
  const [scheme, token] = (request.headers.get("authorization") ?? "").split(" ");
  const actor = scheme?.toLowerCase() === "bearer" && token ? await openSession(deps, token) : null;
  return { deps, requestId, actor };
}
