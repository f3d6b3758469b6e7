// Opening: a role, and the candidates it is opened with, in one call (reference-checks, new organization sign-up). Pure.
import * as z from "zod";
import { RefcheckResult, refcheckRows } from "../refcheck/contract.ts";
import { CreateRole, RoleInFull } from "../role/contract.ts";

/** Each candidate becomes a refcheck of its own, with a letter, or is refused by itself. */
export const OpenRole = CreateRole.extend({ candidates: refcheckRows.default([]) });
export type OpenRole = z.infer<typeof OpenRole>;

/** `results` in the order of the candidates. */
export const OpenedRole = RoleInFull.extend({ results: z.array(RefcheckResult), created: z.number() });
export type OpenedRole = z.infer<typeof OpenedRole>;
