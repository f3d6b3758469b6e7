import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hourMs, after as later, minuteMs } from "../../src/kernel/clock.ts";
import { type LetterContent, type LetterKind, letterKinds, type MeetingLetter } from "../../src/stationery/contract.ts";
import { addressOf, headerSafe, oneLine, renderLetter } from "../../src/stationery/render.ts";

const token = "iv_0123456789012345678901234567890123456789abc";
const link = { frontend: "https://jobs.example.com", next: "/interviews/1?a=b&c=d#e" };
const winterIso = "2026-11-24T13:30:00.000Z";
const summerIso = "2026-07-24T12:30:00.000Z";

/** To the candidate, or to a member. What stands in several lines is written in one. */
function meetingTo(name: string, startsAt: string, memberId: string | null = null): MeetingLetter {
  return {
    ...{ meetingId: "mtg_1", sequence: 1, title: name, description: `About ${name.replaceAll("\n", " ")}` },
    ...{ startsAt, endsAt: later(new Date(startsAt), 45 * minuteMs).toISOString(), timeZone: "America/New_York" },
    ...{ location: name, url: "https://meet.example.com/a?b=c&d", organizationName: name, candidateName: name },
    ...{ interviewerNames: [name, name], memberId, firstName: name, lastName: name },
  };
}

/** A letter of this kind in which everything a person chose is the same text. */
function contentOf(kind: LetterKind, name: string, deadlineAt = winterIso): LetterContent {
  const candidateLetter = { firstName: name, organizationName: name, projectName: name, deadlineAt, link };
  const note = { candidateName: name, projectName: name, organizationName: name };
  const ofRole = { candidateName: name, roleTitle: name, organizationName: name };
  const toCandidate = { firstName: name, organizationName: name, roleTitle: name, deadlineAt, link };
  switch (kind) {
    case "sign_up":
      return { kind, firstName: name, link };
    case "already_registered":
      return { kind, signInUrl: link.frontend };
    case "sign_in":
    case "password_reset":
      return { kind, link };
    case "member_invite":
      return { kind, organizationName: name, inviterName: name, expiresAt: deadlineAt, link };
    case "interview_invitation":
    case "interview_restored":
    case "interview_reset":
    case "interview_reminder":
      return { kind, ...candidateLetter };
    case "interview_deadline_moved":
      return { kind, firstName: name, organizationName: name, projectName: name, deadlineAt };
    case "interview_expired":
      return { kind, ...note, deadlineAt };
    case "interviews_expired": {
      const interviews = [name, name].map((candidateName) => ({ interviewId: "itv_1", candidateName }));
      const deadlines = { firstDeadlineAt: deadlineAt, lastDeadlineAt: deadlineAt };
      return { kind, count: 3, interviews, ...deadlines, projectName: name, organizationName: name };
    }
    case "address_dead":
      return { kind, ...note, address: name, why: "bounced" };
    case "invitation_not_sent":
      return { kind, ...note, why: "project_not_active" };
    case "interview_finished":
      return { kind, ...note };
    case "refcheck_invitation":
    case "refcheck_reminder":
      return { kind, ...toCandidate, referencesRequired: 2, referencesOptional: 2 };
    case "reference_lost":
      return { kind, ...toCandidate, referenceName: name, why: "company_policy" };
    case "reference_request":
    case "reference_reminder":
      return { kind, ...toCandidate, candidateName: name };
    case "reference_released":
      return { kind, ...ofRole, firstName: name };
    case "refcheck_completed":
      return { kind, ...ofRole, referencesRequired: 2, signals: 3 };
    case "refcheck_expired":
      return { kind, ...ofRole, referencesRequired: 2, answered: 1, deadlineAt };
    case "meeting_scheduled":
      return { kind, ...meetingTo(name, deadlineAt) };
    case "meeting_changed":
      return { kind, ...meetingTo(name, deadlineAt), isMoved: true };
    case "meeting_canceled":
      return { kind, ...meetingTo(name, deadlineAt), isOut: false, why: name };
    case "meeting_reminder":
      return { kind, ...meetingTo(name, deadlineAt), remindAt: deadlineAt };
    case "slots_offered":
      return { kind, firstName: name, organizationName: name, title: name, slots: 3, expiresAt: deadlineAt, link };
    case "slots_reminder":
      return { kind, firstName: name, organizationName: name, title: name, expiresAt: deadlineAt, link };
    case "interviewer_left": {
      const meeting = { meetingId: "mtg_1", title: name, candidateName: name, startsAt: deadlineAt };
      const meetings = [0, 1].map((others) => ({ ...meeting, others }));
      return { kind, memberName: name, organizationName: name, count: 3, meetings };
    }
    case "candidate_rejected":
      return { kind, firstName: name, organizationName: name, version: 2 };
  }
}

function render(content: LetterContent, over: { language?: string; timeZone?: string; senderName?: string } = {}) {
  return renderLetter({
    content,
    language: "en",
    timeZone: "Europe/Amsterdam",
    senderName: "House of Tests",
    address: addressOf(content, token),
    ...over,
  });
}

const hostile = fc.oneof(
  fc.constantFrom(
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</title></head><body onload=alert(1)>",
    "Ada\r\nBcc: everybody@example.com",
    "Ada\u2028Bcc: everybody@example.com",
    "\u202eevoba\u202c \u2066isolated\u2069 \u200f",
    "\ud800 lone surrogate",
    "&lt;b&gt; &amp;",
    "$& $1 $`",
    "__proto__",
  ),
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.string({
    unit: fc.constantFrom("<", ">", '"', "'", "&", "/", "\n", "\r", "\0", "\u202e", "a", "="),
    maxLength: 40,
  }),
);

const onlyOurTags = /^<(?:!doctype html|\/?(?:html|head|meta|title|body|div|h1|p|a|br)(?: [a-z-]+="[^"<>]*")*)>$/;

/** Every tag must be one of ours, and as many of each as in a letter about somebody called Ada. */
function tagsOf(html: string): string[] {
  return html.match(/<[^>]*>?/g) ?? [];
}

describe("whatever people are called, a letter stays a letter", () => {
  test.each(letterKinds)("%s", (kind) => {
    const plain = tagsOf(render(contentOf(kind, "Ada")).html);
    fc.assert(
      fc.property(hostile, hostile, (name, senderName) => {
        const { subject, html, text } = render(contentOf(kind, name), { senderName });
        expect(tagsOf(html)).toEqual(plain);
        for (const tag of tagsOf(html)) expect(tag).toMatch(onlyOurTags);
        expect(subject).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
        expect(subject.length).toBeGreaterThan(0);
        for (const part of [html, text]) {
          expect(part).not.toMatch(/[^\P{Cc}\n]|[\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
          expect(part.isWellFormed()).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  test("a renderer that forgets to escape is caught", () => {
    const { html } = render(contentOf("interview_invitation", "Ada"));
    const forgetful = html.replace("Hello Ada", "Hello <script>alert(1)</script>");
    expect(tagsOf(forgetful).every((tag) => onlyOurTags.test(tag))).toBe(false);
  });

  test("what a stranger can type at sign-up reaches nobody's inbox", () => {
    const { subject, html, text } = render(contentOf("sign_up", "Win at evil.example"));
    expect(subject + html + text).not.toContain("evil.example");
  });

  test("a name before an address holds nothing that means something in a header", () => {
    fc.assert(
      fc.property(hostile, (name) => {
        expect(headerSafe(name)).toMatch(/^[^"\\<>()[\]:;@,\p{Cc}\u2028\u2029]{1,140}$/u);
      }),
    );
    expect(headerSafe('"; <boss@bank.example>')).toBe("boss bank.example");
    expect(headerSafe("\r\n")).toBe("Anteroom");
  });

  test("a line stays as it is when nothing is wrong with it", () => {
    for (const name of ["Zoë O'Brien-Łukasz", "李小龍", "עדה לאבלייס", "👩‍🚀 Ada"]) expect(oneLine(name)).toBe(name);
  });
});

describe("every letter can be read by everybody", () => {
  test.each(letterKinds)("%s has a language, one heading, a title, and the same in plain text", (kind) => {
    const content = contentOf(kind, "Ada Lovelace");
    const { subject, html, text } = render(content);
    expect(html).toMatch(/<html lang="en" dir="ltr">/);
    expect(html.match(/<h1/g)).toHaveLength(1);
    expect(html).toContain(`<title>${subject.replaceAll("'", "&#39;")}</title>`);
    expect(html).toContain('name="viewport"');
    for (const size of html.matchAll(/font-size:(\d+)px/g)) expect(Number(size[1])).toBeGreaterThanOrEqual(16);
    const address = addressOf(content, token);
    if (address !== null) {
      expect(html).toContain(`href="${address.replaceAll("&", "&amp;")}"`);
      expect(html).toContain(`>${address.replaceAll("&", "&amp;")}</a>`);
      expect(text.split("\n")).toContain(address);
    }
    expect(text).toContain("Sent by House of Tests.");
  });

  test("a rejection thanks, says what was decided, and leads nowhere", () => {
    const { subject, text } = render(contentOf("candidate_rejected", "Ada"));
    expect(subject).toBe("About your application to Ada");
    expect(text).toContain("Thank you for your interest");
    expect(text).toContain("We have decided not to go on with your application.");
    expect(text).not.toMatch(/https?:/);
  });

  test("a meeting is told with when, where, whom one meets and what it is about, line by line", () => {
    const meeting = { ...meetingTo("Ada", winterIso), description: "Bring a laptop.\n\nWe will write code." };
    const { text, html } = render({ kind: "meeting_scheduled", ...meeting });
    expect(text).toContain("Ada invites you to a meeting: Ada.");
    expect(text).toContain(
      "Where: Ada\n\nYou will meet Ada and Ada of Ada.\n\nBring a laptop.\n\nWe will write code.\n\nJoin online:\nhttps://meet.example.com/a?b=c&d\n",
    );
    expect(html).toContain('href="https://meet.example.com/a?b=c&amp;d"');
  });

  test("why a meeting is canceled is told to staff alone, and who is taken out hears that it goes on", () => {
    const canceled = (memberId: string | null, isOut = false) =>
      render({ kind: "meeting_canceled", ...meetingTo("Ada", winterIso, memberId), isOut, why: "Hired elsewhere" })
        .text;
    expect(canceled("mem_1")).toContain("Why: Hired elsewhere");
    expect(canceled(null)).not.toContain("Hired elsewhere");
    expect(canceled("mem_1", true)).toMatch(
      /You do not take part any more in the meeting with Ada: Ada\.\n\nIt is Tuesday/,
    );
    for (const text of [canceled("mem_1"), canceled(null), canceled("mem_1", true)])
      expect(text).not.toContain("https:");
  });

  test("what was said of a meeting before is void, whether it was moved or not", () => {
    for (const isMoved of [true, false]) {
      const { subject, text } = render({ kind: "meeting_changed", ...meetingTo("Ada", winterIso), isMoved });
      expect(subject).toBe(`${isMoved ? "Moved" : "Changed"}: Ada, Ada`);
      expect(text).toMatch(/told before is void/);
      expect(text.includes("at the same time")).toBe(!isMoved);
    }
  });

  test("a language without a file of its own is written in English, whatever it is called", () => {
    for (const language of ["nl", "xx", "", "__proto__", "constructor"]) {
      expect(render(contentOf("sign_in", "Ada"), { language })).toEqual(render(contentOf("sign_in", "Ada")));
    }
  });
});

describe("an instant is told in the reader's zone, and the zone is named", () => {
  const told = (timeZone: string, iso: string) =>
    render(contentOf("interview_invitation", "Ada", iso), { timeZone }).text;

  test("on both sides of the change to summer time", () => {
    expect(told("Europe/Amsterdam", winterIso)).toContain(
      "Tuesday, 24 November 2026 at 14:30 Central European Standard Time (Europe/Amsterdam)",
    );
    expect(told("Europe/Amsterdam", summerIso)).toContain(
      "Friday, 24 July 2026 at 14:30 Central European Summer Time (Europe/Amsterdam)",
    );
  });

  test("a meeting's own zone stands beside the reader's where it is another", () => {
    const said = (timeZone: string, hours = 0.75) => {
      const meeting = {
        ...meetingTo("Ada", winterIso),
        endsAt: later(new Date(winterIso), hours * hourMs).toISOString(),
      };
      return render({ kind: "meeting_scheduled", ...meeting }, { timeZone }).text;
    };
    const there = "Tuesday, 24 November 2026, 08:30 to 09:15 Eastern Standard Time (America/New_York).";
    expect(said("Europe/Amsterdam")).toContain(
      `When: Tuesday, 24 November 2026, 14:30 to 15:15 Central European Standard Time (Europe/Amsterdam).\n\nIn the meeting's own time zone: ${there}`,
    );
    expect(said("America/New_York")).toContain(`When: ${there}`);
    expect(said("America/New_York")).not.toContain("own time zone");
    expect(said("America/New_York", 20)).toContain(
      "Tuesday, 24 November 2026 at 08:30 Eastern Standard Time (America/New_York) to Wednesday, 25 November 2026 at 04:30 Eastern",
    );
  });

  test("the hour that comes twice is told apart", () => {
    expect(told("Europe/Amsterdam", "2026-10-25T00:30:00.000Z")).toContain("02:30 Central European Summer Time");
    expect(told("Europe/Amsterdam", "2026-10-25T01:30:00.000Z")).toContain("02:30 Central European Standard Time");
  });

  test("midnight is 00:00 of the day that begins", () => {
    expect(told("UTC", "2026-11-24T00:00:00.000Z")).toContain("Tuesday, 24 November 2026 at 00:00");
  });

  test("a zone that is not known becomes UTC and says so", () => {
    expect(told("Mars/Olympus_Mons", winterIso)).toContain("at 13:30 Coordinated Universal Time (UTC)");
  });
});

describe("a link's address", () => {
  test("is the frontend, the token and where to go next", () => {
    expect(addressOf({ kind: "sign_in", link }, token)).toBe(
      `https://jobs.example.com/auth/link/${token}/?next=%2Finterviews%2F1%3Fa%3Db%26c%3Dd%23e`,
    );
    for (const url of ["javascript:alert(1)", "http://meet.example.com", "//meet.example.com", "nonsense", null]) {
      expect(addressOf({ kind: "meeting_scheduled", ...meetingTo("Ada", winterIso), url }, null)).toBeNull();
    }
    expect(addressOf({ kind: "sign_in", link: { ...link, next: null } }, token)).toBe(
      `https://jobs.example.com/auth/link/${token}/`,
    );
  });

  test("stands only in letters that lead somewhere", () => {
    expect(addressOf(contentOf("interview_finished", "Ada"), token)).toBeNull();
    expect(addressOf(contentOf("sign_in", "Ada"), null)).toBeNull();
  });

  test("short-lived links say how long they live", () => {
    expect(render(contentOf("sign_in", "Ada")).text).toContain("works once, for 10 minutes");
    expect(render(contentOf("password_reset", "Ada")).text).toContain("works once, for 30 minutes");
    expect(render(contentOf("sign_up", "Ada")).text).toContain("works once, for 24 hours");
  });
});
