import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { disposableMail, domainOf, freeMail, mailboxOf } from "../../src/catalog/mail-providers.ts";
import { Email } from "../../src/kernel/shapes.ts";

describe("the lists", () => {
  test.each([...freeMail, ...disposableMail])("%s is a domain as it stands in a validated address", (domain) => {
    expect(domain).toMatch(/^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}$/);
    expect(domainOf(Email.parse(`Somebody@${domain.toUpperCase()}`))).toBe(domain);
  });

  test("have no domain in common", () => {
    expect([...freeMail].filter((domain) => disposableMail.has(domain))).toEqual([]);
    expect(Math.min(freeMail.size, disposableMail.size)).toBeGreaterThan(50);
  });
});

describe("one mailbox", () => {
  test.each([
    ["rita@work.example", "rita+jobs@work.example"],
    ["rita+one@work.example", "rita+two+three@work.example"],
    ["r.i.t.a@gmail.com", "rita@gmail.com"],
    ["rita@googlemail.com", "rita@gmail.com"],
    ["r.ita+jobs@googlemail.com", "rit.a+home@gmail.com"],
    ["rita@protonmail.com", "rita@proton.me"],
    ["rita+jobs@pm.me", "rita@protonmail.com"],
    ["Rita@Work.example", "rita@work.example"],
  ])("is behind %s and %s", (one, other) => {
    expect(mailboxOf(Email.parse(one))).toBe(mailboxOf(Email.parse(other)));
  });

  test.each([
    ["rita@work.example", "rita@work.example.org"],
    ["rita@work.example", "nina@work.example"],
    ["r.ita@work.example", "rita@work.example"],
    ["rita@outlook.com", "rita@hotmail.com"],
    ["rita@gmail.com", "rita@proton.me"],
    ["rita-jobs@work.example", "rita@work.example"],
    ["rita@mail.gmail.com", "rita@gmail.com"],
    // Nothing stands before these pluses: they are no marks behind a name, but its first letter.
    ["+rita@work.example", "+nina@work.example"],
  ])("is not behind both %s and %s", (one, other) => {
    expect(mailboxOf(Email.parse(one))).not.toBe(mailboxOf(Email.parse(other)));
  });
});

const name = fc.stringMatching(/^[a-z0-9_]([a-z0-9_.+-]{0,12}[a-z0-9_])?$/).filter((text) => !text.includes(".."));
const domain = fc.constantFrom("gmail.com", "googlemail.com", "proton.me", "protonmail.com", "pm.me", "work.example");
const address = fc.tuple(name, domain).map(([box, at]) => `${box}@${at}`);

test("a mailbox is an address whose mailbox is itself, however often it is asked", () => {
  fc.assert(
    fc.property(address, (email) => {
      const mailbox = mailboxOf(Email.parse(email));
      expect(mailboxOf(mailbox)).toBe(mailbox);
      expect(mailbox.split("@")[0]).not.toContain("+");
    }),
  );
});

test("whatever stands behind a plus leads to the same mailbox", () => {
  fc.assert(
    fc.property(name, name, domain, (box, tag, at) => {
      expect(mailboxOf(`${box}+${tag}@${at}`)).toBe(mailboxOf(`${box}@${at}`));
    }),
  );
});
