// Role: a job that people are considered for, made from a template for a team (reference-checks). Pure.
import * as z from "zod/mini";
import { idOf } from "../kernel/ids.ts";
import { PageIn, pageOf } from "../kernel/page.ts";
import { line, Search } from "../kernel/shapes.ts";
import { Questionnaire } from "../questionnaire/contract.ts";
import { RoleTitle, termsChanged, termsShape } from "../role-template/contract.ts";
import { roleStatuses } from "./machine.ts";

const InternalId = line(100);

export const Role = z.object({
  id: idOf("rol"),
  teamId: idOf("tem"),
  teamName: z.string(),
  title: z.string(),
  /** The organization's own name for it. */
  internalId: z.nullable(z.string()),
  ...termsShape,
  /** Rises by one with every new questionnaire. Refchecks keep the one they were made with. */
  revision: z.number(),
  status: z.enum(roleStatuses),
  createdAt: z.date(),
  closedAt: z.nullable(z.date()),
});
export type Role = z.infer<typeof Role>;

export const RoleInFull = z.extend(Role, { questionnaire: Questionnaire });
export type RoleInFull = z.infer<typeof RoleInFull>;

export const RolePage = pageOf(Role);

/** What is left out is as the template says; without `teamId` it is the default team's. */
export const CreateRole = z.object({
  roleTemplateId: idOf("rtp"),
  teamId: z.optional(idOf("tem")),
  title: z.optional(RoleTitle),
  internalId: z._default(z.nullable(InternalId), null),
  ...termsChanged,
});
export type CreateRole = z.infer<typeof CreateRole>;

export const RoleIn = z.object({ roleId: idOf("rol") });
export type RoleIn = z.infer<typeof RoleIn>;

/** Counts for refchecks made from now on. */
export const EditRole = z.extend(RoleIn, {
  title: z.optional(RoleTitle),
  internalId: z.optional(z.nullable(InternalId)),
  ...termsChanged,
});
export type EditRole = z.infer<typeof EditRole>;

/** `revision`: the one it starts from. */
export const SetQuestionnaire = z.extend(RoleIn, {
  revision: z.number().check(z.int(), z.minimum(1)),
  questionnaire: Questionnaire,
});
export type SetQuestionnaire = z.infer<typeof SetQuestionnaire>;

/** Newest first. */
export const ListRoles = z.extend(PageIn, {
  status: z.optional(z.enum(roleStatuses)),
  teamId: z.optional(idOf("tem")),
  /** Any part of the title. */
  search: z.optional(Search),
});
export type ListRoles = z.infer<typeof ListRoles>;
