// Role: a job that people are considered for, made from a template for a team (reference-checks). Pure.
import * as z from "zod";
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
  internalId: z.string().nullable(),
  ...termsShape,
  /** Rises by one with every new questionnaire. Refchecks keep the one they were made with. */
  revision: z.number(),
  status: z.enum(roleStatuses),
  createdAt: z.date(),
  closedAt: z.date().nullable(),
});
export type Role = z.infer<typeof Role>;

export const RoleInFull = Role.extend({ questionnaire: Questionnaire });
export type RoleInFull = z.infer<typeof RoleInFull>;

export const RolePage = pageOf(Role);

/** What is left out is as the template says; without `teamId` it is the default team's. */
export const CreateRole = z.object({
  roleTemplateId: idOf("rtp"),
  teamId: idOf("tem").optional(),
  title: RoleTitle.optional(),
  internalId: InternalId.nullable().default(null),
  ...termsChanged,
});
export type CreateRole = z.infer<typeof CreateRole>;

export const RoleIn = z.object({ roleId: idOf("rol") });
export type RoleIn = z.infer<typeof RoleIn>;

/** Counts for refchecks made from now on. */
export const EditRole = RoleIn.extend({
  title: RoleTitle.optional(),
  internalId: InternalId.nullable().optional(),
  ...termsChanged,
});
export type EditRole = z.infer<typeof EditRole>;

/** `revision`: the one it starts from. */
export const SetQuestionnaire = RoleIn.extend({ revision: z.number().int().min(1), questionnaire: Questionnaire });
export type SetQuestionnaire = z.infer<typeof SetQuestionnaire>;

/** Newest first. */
export const ListRoles = PageIn.extend({
  status: z.enum(roleStatuses).optional(),
  teamId: idOf("tem").optional(),
  /** Any part of the title. */
  search: Search.optional(),
});
export type ListRoles = z.infer<typeof ListRoles>;
