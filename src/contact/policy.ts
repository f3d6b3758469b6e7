// Who may do what with contacts, of which kinds they are, and how many people there may be at one. Pure.
import type { Access } from "../kernel/scope.ts";

/** Client or customer, sales lead, active customer (applicant-tracking, contact types). */
export const contactTypes = ["CLIENT", "LEAD", "CUSTOMER"] as const;

export const contactPolicy = { read: "recruiter", change: "recruiter" } as const satisfies Record<string, Access>;

export const nameMax = 200;
export const notesMax = 10_000;

export const positionMax = 200;
/** At one contact. */
export const peopleMax = 200;

/** For lists by number: what is skipped is walked through, and so is what is counted. */
export const skipMax = 10_000;
