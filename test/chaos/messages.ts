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

/** A request to the database whose answer the Worker never had, and the letters it was about. */
export type Loss = { readonly at: number; readonly kind: CutKind | "killed"; readonly letters: readonly string[] };

export type PostmarkSays = {
  readonly port?: number;
  readonly take?: Take & { readonly text: string };
  readonly violation?: string;
};
export type ProxySays = { readonly port?: number; readonly lost?: Loss };
export type ProxyAsked = { readonly cut: { readonly kind: CutKind; readonly in: number } };

export function tell<Said>(said: Said): void {
  process.send?.(said);
}

export function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("It has no port.");
  return address.port;
}
