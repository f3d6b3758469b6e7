import fc from "fast-check";
import { expect, test } from "vitest";
import { accessLevels, rankOf } from "../../src/kernel/scope.ts";
import { accessWithin, mayGive, mayRemove } from "../../src/member/policy.ts";

const level = fc.constantFrom(...accessLevels);

test("nobody gives an access above their own, and everybody may give their own", () => {
  fc.assert(
    fc.property(level, level, (own, given) => {
      expect(mayGive(own, given)).toBe(rankOf(given) >= rankOf(own));
    }),
  );
});

test("who is within reach is exactly who may be given what they have", () => {
  fc.assert(
    fc.property(level, level, (own, other) => {
      expect(accessWithin(own).includes(other)).toBe(mayGive(own, other));
    }),
  );
});

test("reach only shrinks as access falls", () => {
  fc.assert(
    fc.property(level, level, (higher, lower) => {
      fc.pre(rankOf(higher) <= rankOf(lower));
      expect(accessWithin(higher)).toEqual(expect.arrayContaining(accessWithin(lower)));
    }),
  );
});

test("everybody may leave; only owners and admins may take out others", () => {
  fc.assert(
    fc.property(level, (own) => {
      expect(mayRemove(own, true)).toBe(true);
      expect(mayRemove(own, false)).toBe(own === "owner" || own === "admin");
    }),
  );
});
