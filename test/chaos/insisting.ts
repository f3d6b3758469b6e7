// What it means to insist: a call is made until it is answered, and a refusal may say that it had happened.
import type { Refusal } from "../../client/index.ts";

export type Insistent = <Answer>(
  call: () => Promise<Answer>,
  stands?: (refusal: Refusal) => boolean,
) => Promise<Answer | Refusal | "stands">;

/** It stands already where the step was to lead. */
export const reached = (status: string) => (refusal: Refusal) =>
  refusal.reason === "illegal_step" && refusal.facts.from === status;
