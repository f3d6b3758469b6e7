import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  changesOf,
  type Evidence,
  type Finding,
  findingsIn,
  keyOf,
  type Referee,
  type Trace,
} from "../../src/integrity/policy.ts";
import type { ReferenceId, SignalId } from "../../src/kernel/ids.ts";
import { type QuestionAnswer, Questionnaire } from "../../src/questionnaire/contract.ts";
import { referenceStatuses } from "../../src/reference/machine.ts";
import { SignalFacts } from "../../src/signal/contract.ts";
import { type SignalKind, signalKinds } from "../../src/signal/policy.ts";

const invitedAt = new Date("2025-06-15T12:00:00.000Z");
const acceptedAt = new Date("2025-06-20T12:00:00.000Z");
const secondsLater = (seconds: number) => new Date(acceptedAt.getTime() + 1_000 * seconds);

const words = (count: number, word = "to") => Array.from({ length: count }, () => word).join(" ");

/** Asks from when to when, in one word, how it was, in all the others, and for more only of those who have more. */
function asking(wordCount: number): Questionnaire {
  return Questionnaire.parse({
    languages: ["en"],
    questions: [
      { key: "when", kind: "date_range", prompt: { en: "When?" } },
      { key: "how", kind: "text", prompt: { en: words(wordCount - 1) } },
      {
        key: "more",
        kind: "text",
        prompt: { en: words(150) },
        showIf: { key: "how", matches: { kind: "answered" } },
      },
    ],
  });
}

const told = (from: string, to: string | null): readonly [string, QuestionAnswer] => [
  "when",
  { kind: "date_range", from, to },
];
const wrote = (text: string, key = "how"): readonly [string, QuestionAnswer] => [key, { kind: "text", text }];

const [rita, nina] = ["ref_rita", "ref_nina"] as const;

function referee(id: ReferenceId, over: Partial<Referee> = {}): Referee {
  return {
    ...{ id, email: `${id}@work.example`, phone: null, traces: [], status: "accepted", language: "en" },
    ...{ worked: null, acceptedAt, completedAt: null, answers: new Map() },
    ...over,
  };
}

/** Answered, in an hour. */
const finished = (id: ReferenceId, answers: Referee["answers"], over: Partial<Referee> = {}) =>
  referee(id, { status: "completed", completedAt: secondsLater(3_600), answers, ...over });

function evidence(references: readonly Referee[], over: Partial<Evidence> = {}): Evidence {
  return {
    candidate: { email: "cleo@home.example", phone: "+31201234567", traces: [] },
    ...{ references, questionnaire: asking(20), referencesRequired: 2, periodMonths: null, invitedAt },
    ...over,
  };
}

const at = (network: string, device = "", country = ""): Trace => ({ network, device, country });
const by = (candidate: Partial<Evidence["candidate"]>, references: readonly Referee[]) =>
  evidence(references, { candidate: { ...evidence([]).candidate, ...candidate } });

/** Nineteen words, of which the last so many are the writer's own: three words each are compared. */
const alikeBut = (own: number, writer: string) =>
  Array.from({ length: 19 }, (_, nth) => (nth < 19 - own ? `word${nth}` : `${writer}${nth}`)).join(" ");
const both = (one: readonly [string, QuestionAnswer], other: readonly [string, QuestionAnswer]) =>
  evidence([finished(rita, new Map([one])), finished(nina, new Map([other]))]);

const covering = (to: string | null, over: Partial<Evidence> = {}) =>
  evidence([finished(rita, new Map([told("2023-07", to)]))], { referencesRequired: 1, periodMonths: 24, ...over });

const answeredIn = (seconds: number, wordCount: number, answers: Referee["answers"] = new Map()) =>
  evidence([referee(rita, { status: "completed", completedAt: secondsLater(seconds), answers })], {
    questionnaire: asking(wordCount),
  });

const datesOf = (worked: Referee["worked"], from: string, to: string | null) =>
  evidence([finished(rita, new Map([told(from, to)]), { worked })]);

type Case = readonly [says: string, kind: SignalKind, seen: Evidence];
type Found = readonly [...Case, finding: Omit<Finding, "kind">];

const about = (facts: Finding["facts"], weight: number, ...who: readonly ReferenceId[]) => ({
  ...{ facts, weight, referenceId: who[0] ?? null, otherReferenceId: who[1] ?? null },
});

const remarkable: readonly Found[] = [
  [
    "a reference in the candidate's browser, wherever it was",
    "same_device",
    by({ traces: [at("n1", "d1", "NL"), at("n2", "d2")] }, [referee(rita, { traces: [at("n3", "d1", "NL")] })]),
    about({ countries: ["NL"] }, 5, rita),
  ],
  [
    "two references in one browser, in a country that nobody knows",
    "same_device",
    evidence([referee(rita, { traces: [at("n1", "d1")] }), referee(nina, { traces: [at("n2"), at("", "d1")] })]),
    about({}, 4, rita, nina),
  ],
  [
    "a reference on the candidate's network, in two countries",
    "same_network",
    by({ traces: [at("n1", "d1"), at("n2")] }, [referee(rita, { traces: [at("n2", "d2", "NL"), at("n1", "", "BE")] })]),
    about({ countries: ["BE", "NL"] }, 3, rita),
  ],
  [
    "two references on one network",
    "same_network",
    evidence([referee(rita, { traces: [at("n1", "d1")] }), referee(nina, { traces: [at("n1", "d2")] })]),
    about({}, 2, rita, nina),
  ],
  [
    "a reference with the candidate's number",
    "same_phone",
    evidence([referee(rita, { phone: "+31201234567" })]),
    about({}, 5, rita),
  ],
  [
    "two references with one number",
    "same_phone",
    evidence([referee(rita, { phone: "+31207654321" }), referee(nina, { phone: "+31207654321" })]),
    about({}, 4, rita, nina),
  ],
  [
    "a reference who reads the candidate's mail",
    "same_mailbox",
    evidence([referee(rita, { email: "cleo+rita@home.example" })]),
    about({}, 5, rita),
  ],
  [
    "two references who read the same mail",
    "same_mailbox",
    evidence([referee(rita, { email: "ri.ta@gmail.com" }), referee(nina, { email: "rita+nina@googlemail.com" })]),
    about({}, 4, rita, nina),
  ],
  [
    "a mailbox that lasts minutes",
    "disposable_mail",
    evidence([referee(rita, { email: "rita@mailinator.com" })]),
    about({}, 4, rita),
  ],
  ["a private mailbox", "free_mail", evidence([referee(rita, { email: "rita@gmail.com" })]), about({}, 1, rita)],
  [
    "answers in an eighth of a second a word, less one word",
    "answered_fast",
    answeredIn(12.999, 100),
    about({ seconds: 12, words: 100 }, 2, rita),
  ],
  [
    "words that differ in three of ten",
    "similar_text",
    both(wrote(alikeBut(3, "rita")), wrote(alikeBut(3, "nina"))),
    about({ questions: ["how"], percent: 70 }, 4, rita, nina),
  ],
  [
    "the same fifteen words, however they are set",
    "similar_text",
    both(
      wrote("She came early and left late, and nobody ever had to ask her anything twice."),
      wrote("SHE CAME EARLY\nand left late — and nobody, ever, had to ask her anything twice!"),
    ),
    about({ questions: ["how"], percent: 100 }, 4, rita, nina),
  ],
  [
    "several questions, by the one that is most alike",
    "similar_text",
    evidence([
      finished(rita, new Map([wrote(alikeBut(3, "rita")), wrote(alikeBut(1, "rita"), "more")])),
      finished(nina, new Map([wrote(alikeBut(1, "nina"), "more"), wrote(alikeBut(3, "nina"))])),
    ]),
    about({ questions: ["how", "more"], percent: 89 }, 4, rita, nina),
  ],
  [
    "the first two thousand characters, and nothing that comes after them",
    "similar_text",
    both(wrote(words(400, "hello") + words(400, "rita ")), wrote(words(400, "hello") + words(400, "nina "))),
    about({ questions: ["how"], percent: 100 }, 4, rita, nina),
  ],
  [
    "a beginning three months off",
    "dates_differ",
    datesOf({ from: "2021-03", to: "2024-06" }, "2021-06", "2024-06"),
    about({ saidFrom: "2021-03", saidTo: "2024-06", from: "2021-06", to: "2024-06" }, 2, rita),
  ],
  [
    "an end three months before now, where it goes on by what was said",
    "dates_differ",
    datesOf({ from: "2021-03", to: null }, "2021-03", "2025-03"),
    about({ saidFrom: "2021-03", from: "2021-03", to: "2025-03" }, 2, rita),
  ],
  [
    "three months that nobody tells of",
    "period_gap",
    covering("2025-03"),
    about({ gaps: ["2025-04 to 2025-06"], months: 24 }, 1),
  ],
  [
    "what is left out before, between and after",
    "period_gap",
    covering(null, {
      periodMonths: 60,
      references: [
        finished(rita, new Map([told("2021-01", "2022-02")])),
        finished(nina, new Map([told("2022-06", "2024-12")])),
        // Neither has told of anything yet: who has not finished, and who was taken out.
        referee("ref_open", { answers: new Map() }),
        referee("ref_out", { status: "replaced", answers: new Map() }),
      ],
    }),
    about({ gaps: ["2020-07 to 2020-12", "2022-03 to 2022-05", "2025-01 to 2025-06"], months: 60 }, 1),
  ],
];

const harmless: readonly Case[] = [
  ["browsers that have no name", "same_device", by({ traces: [at("n1")] }, [referee(rita, { traces: [at("n1")] })])],
  [
    "one browser on one network, which is told of as the same browser",
    "same_network",
    by({ traces: [at("n1", "d1")] }, [referee(rita, { traces: [at("n1", "d1")] })]),
  ],
  [
    "networks that nobody knows",
    "same_network",
    by({ traces: [at("", "d1")] }, [referee(rita, { traces: [at("", "d2")] })]),
  ],
  [
    "a country in common",
    "same_network",
    by({ traces: [at("n1", "", "NL")] }, [referee(rita, { traces: [at("n2", "", "NL")] })]),
  ],
  ["another number", "same_phone", evidence([referee(rita, { phone: "+31201234568" })])],
  ["no number at all", "same_phone", by({ phone: null }, [referee(rita), referee(nina)])],
  ["a namesake elsewhere", "same_mailbox", evidence([referee(rita, { email: "cleo@work.example" })])],
  [
    "dots that mean something",
    "same_mailbox",
    evidence([referee(rita, { email: "ri.ta@work.example" }), referee(nina, { email: "rita@work.example" })]),
  ],
  ["an employer's mailbox", "free_mail", evidence([referee(rita)])],
  [
    "a disposable mailbox, which is told of as that",
    "free_mail",
    evidence([referee(rita, { email: "rita@yopmail.com" })]),
  ],
  ["a private mailbox, which lasts", "disposable_mail", evidence([referee(rita, { email: "rita@gmail.com" })])],
  ["the candidate's own private mailbox", "free_mail", by({ email: "cleo@gmail.com" }, [referee(rita)])],
  ["an eighth of a second for each word", "answered_fast", answeredIn(13, 104)],
  ["less than a hundred words, at once", "answered_fast", answeredIn(0, 99)],
  ["a hundred words that were not asked", "answered_fast", answeredIn(0, 20)],
  ["a yes, and no answers yet", "answered_fast", evidence([referee(rita)], { questionnaire: asking(160) })],
  ["words that differ in four of ten", "similar_text", both(wrote(alikeBut(4, "rita")), wrote(alikeBut(4, "nina")))],
  [
    "fourteen words that stand among sixteen",
    "similar_text",
    both(wrote(alikeBut(0, "").split(" ").slice(5).join(" ")), wrote(alikeBut(0, "").split(" ").slice(3).join(" "))),
  ],
  ["the same to another question", "similar_text", both(wrote(alikeBut(0, "")), wrote(alikeBut(0, ""), "more"))],
  ["a text and a period", "similar_text", both(wrote(alikeBut(0, ""), "when"), told("2021-03", null))],
  [
    "a beginning and an end two months off",
    "dates_differ",
    datesOf({ from: "2021-03", to: "2024-06" }, "2021-01", "2024-08"),
  ],
  ["an end two months before now", "dates_differ", datesOf({ from: "2021-03", to: null }, "2021-03", "2025-04")],
  ["nothing that was said", "dates_differ", datesOf(null, "1999-01", "1999-02")],
  [
    "nothing that was answered",
    "dates_differ",
    evidence([finished(rita, new Map([wrote("Nothing.")]), { worked: { from: "2021-03", to: null } })]),
  ],
  ["two months that nobody tells of", "period_gap", covering("2025-04")],
  ["a period that goes on", "period_gap", covering(null)],
  [
    "answers that are not enough yet, though enough have said yes",
    "period_gap",
    evidence([finished(rita, new Map([told("2023-07", "2024-01")])), referee(nina)], { periodMonths: 24 }),
  ],
  ["a role that asks for no time", "period_gap", covering("2024-01", { periodMonths: null })],
  [
    "answers that tell of no time",
    "period_gap",
    covering(null, { references: [finished(rita, new Map([wrote("Good.")]))] }),
  ],
];

describe("what stands out", () => {
  test.each(remarkable)("%s: %s", (_, kind, looked, finding) => {
    expect(findingsIn(looked).filter((found) => found.kind === kind)).toEqual([{ kind, ...finding }]);
  });

  test.each(harmless)("not %s: %s", (_, kind, looked) => {
    expect(findingsIn(looked).filter((finding) => finding.kind === kind)).toEqual([]);
  });

  test("is shown by example for every kind there is, and so is what is not", () => {
    for (const cases of [remarkable, harmless]) {
      expect([...new Set(cases.map(([, kind]) => kind))].sort()).toEqual([...signalKinds].sort());
    }
  });

  test("of a browser that two people used says the countries of both, whoever of them was named first", () => {
    const one = referee(rita, { traces: [at("n1", "d1", "NL")] });
    const other = referee(nina, { traces: [at("n2", "d1", "BE")] });
    const facts = [
      [one, other],
      [other, one],
    ].map((named) => findingsIn(evidence(named)).map((found) => found.facts));
    expect(facts).toEqual([[{ countries: ["BE", "NL"] }], [{ countries: ["BE", "NL"] }]]);
  });

  test.each(referenceStatuses.filter((status) => !["invited", "accepted", "completed"].includes(status)))(
    "is nothing about somebody who is %s, whatever they have in common with whom",
    (status) => {
      const common = { traces: [at("n1", "d1")], phone: "+31207654321", email: "cleo+x@home.example" };
      const out = finished(rita, new Map([wrote(alikeBut(0, "")), told("1999-01", "1999-02")]), {
        ...{ ...common, status, worked: { from: "2021-03", to: null } },
      });
      const left = finished(nina, out.answers, { traces: common.traces, phone: common.phone });
      const alone = by({ traces: common.traces, phone: common.phone }, [left]);
      expect(findingsIn({ ...alone, references: [out, left] })).toEqual(findingsIn(alone));
      expect(findingsIn(alone).length).toBeGreaterThan(0);
    },
  );
});

// Whatever there may be in a refcheck, from few enough of each thing that people have it in common.
const texts = ["", alikeBut(0, ""), alikeBut(3, "other"), words(15, "secret"), "Klein geheim."];
const emails = [
  "cleo@home.example",
  "cleo+a@home.example",
  "ri.ta@gmail.com",
  "rita@gmail.com",
  "x@yopmail.com",
  "z@work.example",
];
const phones = ["+31201234567", "+31207654321"];
const months = ["2020-01", "2021-03", "2021-05", "2023-07", "2024-12", "2025-04", "2026-01"];
const someTrace = fc.record({
  network: fc.constantFrom("", "hash-network-1", "hash-network-2", "hash-network-3"),
  device: fc.constantFrom("", "", "hash-device-1", "hash-device-2"),
  country: fc.constantFrom("", "NL", "BE"),
});
const somebody = {
  email: fc.constantFrom(...emails),
  phone: fc.option(fc.constantFrom(...phones), { nil: null, freq: 2 }),
  traces: fc.array(someTrace, { maxLength: 3 }),
};
const period = fc
  .tuple(fc.constantFrom(...months), fc.option(fc.constantFrom(...months), { nil: null }))
  .map(([from, to]) => ({ from, to: to === null || to >= from ? to : from }));
const someAnswers = fc
  .record(
    {
      when: period.map((told): QuestionAnswer => ({ kind: "date_range", ...told })),
      how: fc.constantFrom(...texts).map((text): QuestionAnswer => ({ kind: "text", text })),
      more: fc.constantFrom(...texts).map((text): QuestionAnswer => ({ kind: "text", text })),
    },
    { requiredKeys: [] },
  )
  .map((given) => new Map(Object.entries(given)));
const someReferee = fc
  .record({
    ...somebody,
    status: fc.constantFrom("completed" as const, "completed" as const, ...referenceStatuses),
    worked: fc.option(period, { nil: null }),
    seconds: fc.nat({ max: 60 }),
    answers: someAnswers,
  })
  .map(({ status, seconds, answers, ...rest }): Omit<Referee, "id"> => {
    const isDone = status === "completed";
    const done = { completedAt: isDone ? secondsLater(seconds) : null, answers: isDone ? answers : new Map() };
    return { ...rest, ...done, status, language: "en", acceptedAt: status === "invited" ? null : acceptedAt };
  });
const someEvidence: fc.Arbitrary<Evidence> = fc.record({
  candidate: fc.record(somebody),
  references: fc
    .array(someReferee, { maxLength: 5 })
    .map((references) => references.map((reference, nth) => ({ ...reference, id: `ref_${nth}` as const }))),
  questionnaire: fc.constantFrom(asking(20), asking(100), asking(160)),
  referencesRequired: fc.integer({ min: 1, max: 3 }),
  periodMonths: fc.option(fc.constantFrom(12, 24, 120), { nil: null }),
  invitedAt: fc.constant(invitedAt),
});

/** Which of two is first left aside, and the countries. */
function withoutOrder({ kind, weight, referenceId, otherReferenceId, facts }: Finding): string {
  const who = otherReferenceId === null ? [referenceId] : [referenceId, otherReferenceId].sort();
  return JSON.stringify([kind, weight, who, { ...facts, countries: [] }]);
}

describe("of whatever there is", () => {
  test("the order of the references changes nothing of what is found", () => {
    fc.assert(
      fc.property(someEvidence, fc.infiniteStream(fc.nat()), (seen, weights) => {
        const references = seen.references
          .map((reference) => ({ reference, weight: weights.next().value }))
          .sort((one, other) => one.weight - other.weight)
          .map(({ reference }) => reference);
        const found = findingsIn({ ...seen, references })
          .map(withoutOrder)
          .sort();
        expect(found).toEqual(findingsIn(seen).map(withoutOrder).sort());
      }),
      { numRuns: 1_000 },
    );
  });

  test("nothing that is found holds an address, a number, a hash or a word that somebody wrote", () => {
    const secrets = [
      ...new Set([
        ...[...emails, ...emails.flatMap((email) => email.split("@")), ...phones, "hash-"],
        ...texts.flatMap((text) => text.split(" ")),
      ]),
    ].filter((secret) => secret.length > 2);
    const isShown = /^(?:[A-Z]{2}|\d{4}-\d\d(?: to \d{4}-\d\d)?|when|how|more)$/;
    fc.assert(
      fc.property(someEvidence, (seen) => {
        const facts = findingsIn(seen).map((found) => SignalFacts.parse(found.facts));
        const shown = JSON.stringify(facts);
        expect(secrets.filter((secret) => shown.includes(secret))).toEqual([]);
        const values = facts.flatMap((one) => Object.values(one)).flat();
        expect(values.filter((value) => typeof value !== "number" && !isShown.test(value))).toEqual([]);
      }),
      { numRuns: 1_000 },
    );
  });

  test("the same is found once, with a weight from 1 to 5, and every kind there is comes up", () => {
    const kinds = new Set<SignalKind>();
    fc.assert(
      fc.property(someEvidence, (seen) => {
        const found = findingsIn(seen);
        expect(new Set(found.map(keyOf)).size).toBe(found.length);
        for (const { kind, weight } of found) {
          expect([1, 2, 3, 4, 5]).toContain(weight);
          kinds.add(kind);
        }
      }),
      { numRuns: 2_000 },
    );
    expect([...kinds].sort()).toEqual([...signalKinds].sort());
  });
});

/** As they stand in the database, the first so many looked at. */
function standingOf(findings: readonly Finding[], resolved = 0) {
  return findings.map(({ kind, referenceId, otherReferenceId }, nth) => ({
    ...{ kind, referenceId, otherReferenceId, id: `sig_${nth}` as SignalId },
    resolvedAt: nth < resolved ? acceptedAt : null,
  }));
}

describe("what changes", () => {
  test("is nothing where all that is found stands already, looked at or not", () => {
    fc.assert(
      fc.property(someEvidence, fc.nat({ max: 6 }), (seen, resolved) => {
        const found = findingsIn(seen);
        const open = Math.max(0, found.length - resolved);
        expect(changesOf(found, standingOf(found, resolved))).toEqual({ raised: [], withdrawn: [], open });
      }),
    );
  });

  test("never raises or withdraws what somebody has looked at, counts what is open after it, and comes to rest at once", () => {
    fc.assert(
      fc.property(someEvidence, someEvidence, fc.nat({ max: 6 }), (before, now, resolved) => {
        const standing = standingOf(findingsIn(before), resolved);
        const found = findingsIn(now);
        const { raised, withdrawn, open } = changesOf(found, standing);
        expect(withdrawn.filter(({ resolvedAt }) => resolvedAt !== null)).toEqual([]);
        const settled = new Set(standing.flatMap((one) => (one.resolvedAt ? [keyOf(one)] : [])));
        expect(raised.filter((finding) => settled.has(keyOf(finding)))).toEqual([]);
        const after = [...standing.filter((one) => !withdrawn.includes(one)), ...standingOf(raised)];
        const unseen = after.filter(({ resolvedAt }) => resolvedAt === null);
        expect(unseen).toHaveLength(open);
        expect(changesOf(found, after)).toEqual({ raised: [], withdrawn: [], open });
        // What is open is what is found now and nobody has looked at.
        const due = found.map(keyOf).filter((key) => !settled.has(key));
        expect(unseen.map(keyOf).sort()).toEqual(due.sort());
      }),
      { numRuns: 1_000 },
    );
  });
});
