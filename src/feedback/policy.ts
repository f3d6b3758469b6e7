// Who may do what with feedback on meetings, and its words. Pure.
import type { MemberId } from "../kernel/ids.ts";
import { type Access, hasAtLeast, type MemberScope } from "../kernel/scope.ts";

export const feedbackPolicy = {
  give: "hiring_manager",
  edit: "hiring_manager",
  remove: "hiring_manager",
  list: "hiring_manager",
  events: "hiring_manager",
} as const satisfies Record<string, Access>;

/** From here up everybody's feedback is removed; below it, one's own. */
const removesEveryFeedback: Access = "admin";

export const verdicts = ["hire", "no_hire", "undecided"] as const;

/** What an event can tell of. */
export const feedbackVerbs = ["give", "edit", "remove"] as const;
export type FeedbackVerb = (typeof feedbackVerbs)[number];

/** So many things can be rated one by one. */
export const criteriaMax = 20;

type Given = { readonly interviewer: { readonly memberId: MemberId } };

/** Nobody puts words into somebody else's mouth, whatever their access. */
export function mayEdit({ memberId }: MemberScope, { interviewer }: Given): boolean {
  return interviewer.memberId === memberId;
}

export function mayRemove(scope: MemberScope, given: Given): boolean {
  return mayEdit(scope, given) || hasAtLeast(scope.access, removesEveryFeedback);
}
