import fc from "fast-check";
import { expect, test } from "vitest";
import { CreateInvites } from "../../src/invite/contract.ts";
import { inviteSteps, inviteVerbs, standingOf, storedStatuses, verbsOfMember } from "../../src/invite/machine.ts";
import { countsOf, expiryOf, outcomesOf } from "../../src/invite/policy.ts";

const address = fc.constantFrom("a@x.test", "b@x.test", "c@x.test", "d@x.test");
const addresses = fc.array(address, { minLength: 1, maxLength: 50 });
const some = fc.array(address).map((emails) => new Set(emails));
const ground = fc.record({ members: some, invited: some, exhausted: some });

test("every address gets one outcome, and the counts add up to the addresses", () => {
  fc.assert(
    fc.property(addresses, ground, (emails, known) => {
      const outcomes = outcomesOf(emails, known);
      const counts = Object.values(countsOf(outcomes));
      expect(outcomes).toHaveLength(emails.length);
      expect(counts.reduce((sum, count) => sum + count)).toBe(emails.length);
    }),
  );
});

test("no address is invited twice in one call, nor a member, nor one with an open invite or too many letters", () => {
  fc.assert(
    fc.property(addresses, ground, (emails, known) => {
      const outcomes = outcomesOf(emails, known);
      const invited = emails.filter((_, index) => outcomes[index] === "invited");
      expect(new Set(invited).size).toBe(invited.length);
      const passedOver = [known.members, known.invited, known.exhausted];
      expect(invited.some((email) => passedOver.some((emails) => emails.has(email)))).toBe(false);
    }),
  );
});

test("of an address named twice only the first counts", () => {
  fc.assert(
    fc.property(addresses, ground, (emails, known) => {
      const outcomes = outcomesOf(emails, known);
      for (const [index, email] of emails.entries()) {
        expect(outcomes[index] === "repeated").toBe(emails.indexOf(email) < index);
      }
    }),
  );
});

const instant = fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true });
const held = fc.record({
  status: fc.constantFrom(...storedStatuses),
  inviterMayStillGive: fc.boolean(),
  expiresAt: fc.option(instant),
  linkRevokedAt: fc.option(instant),
});

test("an invite is open to its letter exactly while unanswered, its inviter's to give, before its expiry, by its newest link", () => {
  fc.assert(
    fc.property(held, instant, (invite, now) => {
      const isOpen =
        invite.status === "INVITED" &&
        invite.inviterMayStillGive &&
        invite.linkRevokedAt === null &&
        (invite.expiresAt === null || now.getTime() < invite.expiresAt.getTime());
      expect(standingOf(invite, now) === "open").toBe(isOpen);
    }),
  );
});

test("at the very instant of its expiry an invite is over, one millisecond before it is not", () => {
  fc.assert(
    fc.property(instant, (expiresAt) => {
      const invite = { status: "INVITED" as const, inviterMayStillGive: true, expiresAt, linkRevokedAt: null };
      expect(standingOf(invite, expiresAt)).toBe("dead");
      expect(standingOf(invite, new Date(expiresAt.getTime() - 1))).toBe("open");
    }),
  );
});

test("nothing leads out of an answered or revoked invite", () => {
  for (const status of storedStatuses) {
    const left = inviteVerbs.filter((verb) => inviteSteps[verb].from === status);
    expect(left).toEqual(status === "INVITED" ? [...inviteVerbs] : []);
    expect(verbsOfMember(status)).toEqual(status === "INVITED" ? ["resend", "revoke"] : []);
  }
});

test("days of expiry are counted from the sending, and none means never", () => {
  const now = new Date("2026-03-28T12:00:00Z");
  expect(expiryOf(1, now)).toEqual(new Date("2026-03-29T12:00:00Z"));
  expect(expiryOf(30, now)).toEqual(new Date("2026-04-27T12:00:00Z"));
  expect(expiryOf(null, now)).toBeNull();
});

test("a call names 1 to 50 addresses and only the documented expiries", () => {
  const one = { email: "a@x.test", access: "recruiter" };
  const asks = (invites: object[]) => CreateInvites.safeParse({ invites }).success;
  expect(asks([])).toBe(false);
  expect(asks([one])).toBe(true);
  expect(asks(Array.from({ length: 50 }, () => one))).toBe(true);
  expect(asks(Array.from({ length: 51 }, () => one))).toBe(false);
  for (const expiryDays of [1, 7, 14, 30, null]) expect(asks([{ ...one, expiryDays }])).toBe(true);
  for (const expiryDays of [0, 2, 31, -1, 7.5, "7"]) expect(asks([{ ...one, expiryDays }])).toBe(false);
  expect(asks([{ ...one, startedWorkOn: "2024-02-30" }])).toBe(false);
  expect(asks([{ ...one, email: "a@x.test, b@x.test" }])).toBe(false);
});
