// Who may do what with members: the least access each call needs, and the rule that nobody reaches above themselves. Pure.
import { type Access, accessLevels, hasAtLeast } from "../kernel/scope.ts";

export const memberPolicy = {
  list: "hiring_manager",
  get: "hiring_manager",
  edit: "admin",
  changeAccess: "admin",
  /** Leaving is everybody's; taking out somebody else asks for `removeOthers`. */
  remove: "hiring_manager",
} as const satisfies Record<string, Access>;

const removeOthers: Access = "admin";

/** What somebody with this access may give, and whom they may change or remove: their own level and every one below. */
export function accessWithin(own: Access): Access[] {
  return accessLevels.filter((level) => hasAtLeast(own, level));
}

/** An access goes to others only from those who have it themselves. */
export function mayGive(own: Access, given: Access): boolean {
  return hasAtLeast(own, given);
}

export function mayRemove(own: Access, isOneself: boolean): boolean {
  return isOneself || hasAtLeast(own, removeOthers);
}
