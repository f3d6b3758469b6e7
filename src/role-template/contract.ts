// Role template: what a role is made from, its questionnaire included (reference-checks). Pure.
import * as z from "zod";
import { idOf } from "../kernel/ids.ts";
import { PageIn, pageOf } from "../kernel/page.ts";
import { line, Search } from "../kernel/shapes.ts";
import { Questionnaire } from "../questionnaire/contract.ts";
import { relationships } from "./policy.ts";

export const Relationship = z.enum(relationships);

export const RoleTitle = line(200);

/** What is asked of each candidate. In a template, in a role, and, as they were when it began, in a refcheck. */
export const termsShape = {
  /** So many references must have answered for a refcheck to be complete. */
  referencesRequired: z.number().int().min(1).max(10),
  /** So many more may be named: whoever answers first counts, and nobody has to wait for the slowest. */
  referencesOptional: z.number().int().min(0).max(10),
  /** What references are to be to the candidate; none named: anything. */
  relationships: z.array(Relationship).max(relationships.length),
  /** How far back the references together should reach; null: no matter. */
  periodMonths: z.number().int().min(1).max(600).nullable(),
  /** From the candidate's letter on. */
  completeWithinDays: z.number().int().min(1).max(180),
  /** Whether candidates may read what was answered about them. */
  answersShared: z.boolean(),
};
export const Terms = z.object(termsShape);
export type Terms = z.infer<typeof Terms>;

const distinct = <Item>(items: readonly Item[]) => [...new Set(items)];

/** Two that must answer and two more that may is the set-up that finishes soonest (reference-checks). */
export const termsIn = {
  referencesRequired: termsShape.referencesRequired.default(2),
  referencesOptional: termsShape.referencesOptional.default(2),
  relationships: termsShape.relationships.transform(distinct).default([]),
  periodMonths: termsShape.periodMonths.default(null),
  completeWithinDays: termsShape.completeWithinDays.default(14),
  answersShared: termsShape.answersShared.default(false),
};

/** Each may be left out and stays what it is. */
export const termsChanged = {
  referencesRequired: termsShape.referencesRequired.optional(),
  referencesOptional: termsShape.referencesOptional.optional(),
  relationships: termsShape.relationships.transform(distinct).optional(),
  periodMonths: termsShape.periodMonths.optional(),
  completeWithinDays: termsShape.completeWithinDays.optional(),
  answersShared: termsShape.answersShared.optional(),
};

export const RoleTemplate = z.object({
  id: idOf("rtp"),
  title: z.string(),
  ...termsShape,
  /** Ships with Anteroom: everybody has it and nobody changes it. */
  isBuiltIn: z.boolean(),
  /** Null for one that is built in. */
  createdAt: z.date().nullable(),
});
export type RoleTemplate = z.infer<typeof RoleTemplate>;

export const RoleTemplateInFull = RoleTemplate.extend({ questionnaire: Questionnaire });
export type RoleTemplateInFull = z.infer<typeof RoleTemplateInFull>;

export const RoleTemplatePage = pageOf(RoleTemplate);

export const CreateRoleTemplate = z.object({ title: RoleTitle, ...termsIn, questionnaire: Questionnaire });
export type CreateRoleTemplate = z.infer<typeof CreateRoleTemplate>;

export const RoleTemplateIn = z.object({ roleTemplateId: idOf("rtp") });
export type RoleTemplateIn = z.infer<typeof RoleTemplateIn>;

export const EditRoleTemplate = RoleTemplateIn.extend({
  title: RoleTitle.optional(),
  ...termsChanged,
  questionnaire: Questionnaire.optional(),
});
export type EditRoleTemplate = z.infer<typeof EditRoleTemplate>;

export const ListRoleTemplates = PageIn.extend({
  /** Any part of the title. */
  search: Search.optional(),
});
export type ListRoleTemplates = z.infer<typeof ListRoleTemplates>;
