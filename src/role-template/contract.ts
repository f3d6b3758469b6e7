// Role template: what a role is made from, its questionnaire included (reference-checks). Pure.
import * as z from "zod/mini";
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
  referencesRequired: z.number().check(z.int(), z.minimum(1), z.maximum(10)),
  /** So many more may be named: whoever answers first counts, and nobody has to wait for the slowest. */
  referencesOptional: z.number().check(z.int(), z.minimum(0), z.maximum(10)),
  /** What references are to be to the candidate; none named: anything. */
  relationships: z.array(Relationship).check(z.maxLength(relationships.length)),
  /** How far back the references together should reach; null: no matter. */
  periodMonths: z.nullable(z.number().check(z.int(), z.minimum(1), z.maximum(600))),
  /** From the candidate's letter on. */
  completeWithinDays: z.number().check(z.int(), z.minimum(1), z.maximum(180)),
  /** Whether candidates may read what was answered about them. */
  answersShared: z.boolean(),
};
export const Terms = z.object(termsShape);
export type Terms = z.infer<typeof Terms>;

const distinct = <Item>(items: readonly Item[]) => [...new Set(items)];

/** Two that must answer and two more that may is the set-up that finishes soonest (reference-checks). */
export const termsIn = {
  referencesRequired: z._default(termsShape.referencesRequired, 2),
  referencesOptional: z._default(termsShape.referencesOptional, 2),
  relationships: z._default(z.pipe(termsShape.relationships, z.transform(distinct)), []),
  periodMonths: z._default(termsShape.periodMonths, null),
  completeWithinDays: z._default(termsShape.completeWithinDays, 14),
  answersShared: z._default(termsShape.answersShared, false),
};

/** Each may be left out and stays what it is. */
export const termsChanged = {
  referencesRequired: z.optional(termsShape.referencesRequired),
  referencesOptional: z.optional(termsShape.referencesOptional),
  relationships: z.optional(z.pipe(termsShape.relationships, z.transform(distinct))),
  periodMonths: z.optional(termsShape.periodMonths),
  completeWithinDays: z.optional(termsShape.completeWithinDays),
  answersShared: z.optional(termsShape.answersShared),
};

export const RoleTemplate = z.object({
  id: idOf("rtp"),
  title: z.string(),
  ...termsShape,
  /** Ships with Anteroom: everybody has it and nobody changes it. */
  isBuiltIn: z.boolean(),
  /** Null for one that is built in. */
  createdAt: z.nullable(z.date()),
});
export type RoleTemplate = z.infer<typeof RoleTemplate>;

export const RoleTemplateInFull = z.extend(RoleTemplate, { questionnaire: Questionnaire });
export type RoleTemplateInFull = z.infer<typeof RoleTemplateInFull>;

export const RoleTemplatePage = pageOf(RoleTemplate);

export const CreateRoleTemplate = z.object({ title: RoleTitle, ...termsIn, questionnaire: Questionnaire });
export type CreateRoleTemplate = z.infer<typeof CreateRoleTemplate>;

export const RoleTemplateIn = z.object({ roleTemplateId: idOf("rtp") });
export type RoleTemplateIn = z.infer<typeof RoleTemplateIn>;

export const EditRoleTemplate = z.extend(RoleTemplateIn, {
  title: z.optional(RoleTitle),
  ...termsChanged,
  questionnaire: z.optional(Questionnaire),
});
export type EditRoleTemplate = z.infer<typeof EditRoleTemplate>;

export const ListRoleTemplates = z.extend(PageIn, {
  /** Any part of the title. */
  search: z.optional(Search),
});
export type ListRoleTemplates = z.infer<typeof ListRoleTemplates>;
