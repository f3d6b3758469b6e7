// The English words of letters about meetings, and of what they put into calendars. Pure.
import type { MeetingLetter } from "./contract.ts";
import type { Telling, Wording } from "./wording.ts";

/** As somebody wrote them, without those that are empty. */
function linesOf(text: string): string[] {
  return text.split("\n").filter((line) => line.trim() !== "");
}

function together(names: readonly string[]): string {
  return new Intl.ListFormat("en-GB", { type: "conjunction" }).format(names);
}

/** Who will be there, to whoever is not named in it themselves. Of interviewers who have left there may be none. */
function company({ memberId, candidateName, interviewerNames, organizationName }: MeetingLetter): string {
  if (interviewerNames.length === 0) return `You will meet ${organizationName}.`;
  if (memberId === null) return `You will meet ${together(interviewerNames)} of ${organizationName}.`;
  return `${candidateName} will meet ${together(interviewerNames)}.`;
}

/** When, where, with whom and what about. */
function particulars(content: MeetingLetter, { span, spanIn }: Telling): string[] {
  const { startsAt, endsAt, timeZone, location, description } = content;
  const there = spanIn(startsAt, endsAt, timeZone);
  return [
    `When: ${span(startsAt, endsAt)}.`,
    ...(there === null ? [] : [`In the meeting's own time zone: ${there}.`]),
    ...(location === null ? [] : [`Where: ${location}`]),
    company(content),
    ...linesOf(description),
  ];
}

/** A candidate is greeted, a member told what it is about. */
function salutation({ memberId, firstName, candidateName, title }: MeetingLetter): string {
  return memberId === null ? `Hello ${firstName}` : `${title}, ${candidateName}`;
}

/** What stands in the subject after a meeting's title: whom one meets. */
function counterpart({ memberId, organizationName, candidateName }: MeetingLetter): string {
  return memberId === null ? organizationName : candidateName;
}

export const entry: Wording["entry"] = (meeting, span) => ({
  summary: `${meeting.title}, ${counterpart(meeting)}`,
  lines: [
    ...linesOf(meeting.description),
    company(meeting),
    ...(meeting.url === null ? [] : [`Join online: ${meeting.url}`]),
    `When: ${span}.`,
  ],
});

type MeetingKind = "meeting_scheduled" | "meeting_changed" | "meeting_canceled" | "meeting_reminder";

export const meetingLetters: Pick<Wording["letters"], MeetingKind> = {
  meeting_scheduled: (content, telling) => ({
    subject: `Invitation: ${content.title}, ${counterpart(content)}`,
    heading: salutation(content),
    paragraphs: [
      content.memberId === null
        ? `${content.organizationName} invites you to a meeting: ${content.title}.`
        : `You are to meet ${content.candidateName}, who is considered by ${content.organizationName}: ${content.title}.`,
      ...particulars(content, telling),
    ],
    button: "Join online",
    afterwords: ["The file that comes with this letter puts the meeting into your calendar."],
  }),

  meeting_changed: (content, telling) => ({
    subject: `${content.isMoved ? "Moved" : "Changed"}: ${content.title}, ${counterpart(content)}`,
    heading: salutation(content),
    paragraphs: [
      content.isMoved
        ? `The meeting has been moved: ${content.title}. The time you were told before is void.`
        : `The meeting has changed, and takes place at the same time: ${content.title}. What you were told before is void.`,
      ...particulars(content, telling),
    ],
    button: "Join online",
    afterwords: ["The file that comes with this letter brings your calendar up to date."],
  }),

  meeting_canceled: (content, { span }) => {
    const { memberId, title, organizationName, candidateName, startsAt, endsAt, isOut, why } = content;
    const was = `It was to be ${span(startsAt, endsAt)}.`;
    const told =
      memberId === null
        ? `${organizationName} has canceled the meeting: ${title}.`
        : `The meeting with ${candidateName} is canceled: ${title}.`;
    return {
      subject: `${isOut ? "Without you" : "Canceled"}: ${title}, ${counterpart(content)}`,
      heading: salutation(content),
      paragraphs: isOut
        ? [
            `You do not take part any more in the meeting with ${candidateName}: ${title}.`,
            `It is ${span(startsAt, endsAt)}.`,
          ]
        : [told, was, ...(why === null || memberId === null ? [] : [`Why: ${why}`])],
      button: null,
      afterwords: ["The file that comes with this letter takes the meeting out of your calendar."],
    };
  },

  meeting_reminder: (content, telling) => ({
    subject: `Soon: ${content.title}, ${counterpart(content)}`,
    heading: salutation(content),
    paragraphs: [
      content.memberId === null
        ? `${content.organizationName} is looking forward to meeting you: ${content.title}.`
        : `You are about to meet ${content.candidateName}: ${content.title}.`,
      ...particulars(content, telling),
    ],
    button: "Join online",
    afterwords: [],
  }),
};
