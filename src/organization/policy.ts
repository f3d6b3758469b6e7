// Who may do what with an organization: the least access each call needs. And how many one person may found. Pure.
import type { Limit } from "../attempt/policy.ts";
import { dayMs } from "../kernel/clock.ts";
import type { Access } from "../kernel/scope.ts";

export const organizationPolicy = {
  get: "hiring_manager",
  edit: "admin",
} as const satisfies Record<string, Access>;

/** An organization sends letters under a name of its founder's choice: nobody makes one for every stranger. */
export const foundingLimit: Limit = { name: "create organization", max: 5, windowMs: dayMs };
