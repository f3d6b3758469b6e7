// Opening: a role, and the candidates it is opened with, in one call (reference-checks, new organization sign-up). Pure.
import * as z from "zod/mini";
import { RefcheckResult, refcheckRows } from "../refcheck/contract.ts";
import { CreateRole, RoleInFull } from "../role/contract.ts";

/** Each candidate becomes a refcheck of its own, with a letter, or is refused by itself. */
export const OpenRole = z.extend(CreateRole, { candidates: z._default(refcheckRows, []) });
export type OpenRole = z.infer<typeof OpenRole>;

/** `results` in the order of the candidates. */
export const OpenedRole = z.extend(RoleInFull, { results: z.array(RefcheckResult), created: z.number() });
export type OpenedRole = z.infer<typeof OpenedRole>;
