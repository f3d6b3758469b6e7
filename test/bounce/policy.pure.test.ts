import { Models } from "postmark";
import { describe, expect, test } from "vitest";
import { PostmarkReport } from "../../src/bounce/contract.ts";
import { deathIn, reportIn, verdictOf, verdicts } from "../../src/bounce/policy.ts";
import { newId } from "../../src/kernel/ids.ts";

const letter = newId("ltr");
const at = "2026-11-22T08:15:30.1234567-05:00";
const bounce = (over: object) => ({
  ...{ RecordType: "Bounce", Type: "HardBounce", TypeCode: 1, MessageID: crypto.randomUUID(), BouncedAt: at },
  ...{ Email: "ada@example.com", Inactive: false, Metadata: { letter }, MessageStream: "outbound" },
  ...over,
});
const read = (sent: object) => reportIn(PostmarkReport.parse(sent));
const death = (sent: object) => {
  const report = read(sent);
  return report && deathIn(report);
};

describe("what each type means", () => {
  test("every type that Postmark's own client knows is in the table, and no other", () => {
    expect(Object.keys(verdicts).sort()).toEqual(Object.values(Models.BounceType).sort());
  });

  test("an address dies of what says that it takes no mail, or that its reader wants none; of nothing else", () => {
    const deaths = Object.keys(verdicts).map((Type) => [Type, death(bounce({ Type }))] as const);
    expect(Object.fromEntries(deaths.filter(([, of]) => of !== null))).toEqual({
      HardBounce: "bounced",
      BadEmailAddress: "bounced",
      ManuallyDeactivated: "bounced",
      SpamComplaint: "complained",
    });
  });

  test("it dies whatever the type when Postmark has deactivated it", () => {
    for (const Type of [...Object.keys(verdicts), "SomethingNew"]) {
      expect(death(bounce({ Type, Inactive: true }))).toBe(Type === "SpamComplaint" ? "complained" : "bounced");
    }
  });

  test.each(["SomethingNew", "constructor", "toString"])("%s, which is not in the table, is only noted", (type) => {
    expect(verdictOf(type, false)).toBe("noted");
  });

  test("a letter may well arrive after a delay, and does not after a soft bounce", () => {
    expect([verdicts.Transient, verdicts.DnsError, verdicts.AutoResponder]).toEqual(["noted", "noted", "noted"]);
    expect([verdicts.SoftBounce, verdicts.Blocked]).toEqual(["returned", "returned"]);
  });
});

describe("what is read of a report", () => {
  test("the letter, what happened and when, whatever else it holds", () => {
    expect(read(bounce({ Content: "a whole letter" }))).toEqual({
      ...{ kind: "came_back", letterId: letter, type: "HardBounce", verdict: "bounced" },
      at: new Date("2026-11-22T13:15:30.123Z"),
    });
    const delivery = { RecordType: "Delivery", DeliveredAt: at, Recipient: "ada@example.com", Metadata: { letter } };
    expect(read(delivery)).toMatchObject({ kind: "arrived", letterId: letter });
  });

  test("a complaint is one whatever its number says", () => {
    const complaint = bounce({ RecordType: "SpamComplaint", Type: "SpamComplaint", TypeCode: 512, Inactive: true });
    expect(read(complaint)).toMatchObject({ type: "SpamComplaint", verdict: "complained" });
  });

  test.each([undefined, null, {}, { letter: "17" }, { letter: "itv_0" }, { order: "A-1" }, "text", []])(
    "%j names no letter of ours",
    (Metadata) => {
      expect(read(bounce({ Metadata }))).toBeNull();
    },
  );

  test.each(["Open", "Click", "SubscriptionChange", "Inbound"])("%s is nothing we act on", (RecordType) => {
    expect(read({ RecordType, Metadata: { letter } })).toBeNull();
  });

  test.each([
    null,
    [],
    "Bounce",
    {},
    { RecordType: 7 },
    { RecordType: "Bounce" },
    { RecordType: "Delivery", Metadata: { letter } },
    bounce({ Type: 1 }),
    bounce({ Type: "<script>" }),
    bounce({ BouncedAt: "yesterday" }),
    bounce({ BouncedAt: "2026-11-22T08:15:30" }),
    bounce({ Inactive: "yes" }),
  ])("%j is malformed", (sent) => {
    expect(PostmarkReport.safeParse(sent).success).toBe(false);
  });
});
