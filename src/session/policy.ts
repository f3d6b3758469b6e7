// How long a session lasts. Pure.
import { dayMs } from "../kernel/clock.ts";

export const userSessionTtlMs = 30 * dayMs;
export const candidateSessionTtlMs = 14 * dayMs;
