// Who makes one record of two, and who sees what the others were. Pure.
import type { Access } from "../kernel/scope.ts";

export const mergerPolicy = { merge: "recruiter", former: "hiring_manager" } as const satisfies Record<string, Access>;
