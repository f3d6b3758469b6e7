// What the processes of the cluster tell each other.
import type { Server } from "node:http";

export const cutKinds = ["before_request", "within_request", "before_answer", "within_answer"] as const;
export type CutKind = (typeof cutKinds)[number];

/** One letter as the stand-in for Postmark took it. `dropped`: it took it and never said so. */
export type Take = {
  readonly letter: string;
  readonly to: string;
  readonly at: number;
  readonly fate: "answered" | "dropped";
};

/** A request to the database that named letters, or whose answer the Worker never had, or both. */
export type Asked = {
  readonly askedAt: number;
  readonly endedAt: number;
  readonly letters: readonly string[];
  /** The database itself said that it was done, whether or not the Worker heard of it. */
  readonly isDone: boolean;
  /** Why the Worker never had the answer; null when it had. */
  readonly lost: CutKind | "killed" | null;
};

export type PostmarkSays = {
  readonly port?: number;
  readonly take?: Take & { readonly text: string };
  readonly violation?: string;
};
export type ProxySays = { readonly port?: number; readonly asked?: Asked; readonly rangAt?: number };
export type ProxyTold = {
  /** To cut, so many requests from now; or, null, to cut no more, whatever it was told before. */
  readonly cut?: { readonly kind: CutKind; readonly in: number } | null;
  /** To ring once so many requests were handed to the database, and first, after a moment, to kill it while it is about the last of them. */
  readonly bell?: { readonly in: number; readonly kill: { readonly pid: number; readonly afterMs: number } | null };
};

export function tell<Said>(said: Said): void {
  process.send?.(said);
}

export function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("It has no port.");
  return address.port;
}
