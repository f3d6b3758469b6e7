// Who may take an organization's people away as a table, and for how long an address of one opens it. Pure.
import { minuteMs } from "../kernel/clock.ts";
import type { Access } from "../kernel/scope.ts";

/** Hiring managers meet those they see one by one: none of them takes them away by the thousand. */
export const exportPolicy = { make: "recruiter" } as const satisfies Record<string, Access>;

export const exportMs = 10 * minuteMs;
/** Rows of one page: one request to the database each. */
export const exportPageSize = 1_000;
