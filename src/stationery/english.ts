// Every English word of every letter. Another language is another file of this shape. Pure.
import { hourMs, minuteMs } from "../kernel/clock.ts";
import { entry, meetingLetters } from "./english-meetings.ts";
import type { Wording } from "./wording.ts";

const yoursAlone = "The link is yours alone and stays good until you are done: please do not pass it on.";
const pickedBringsAnother = "Once you have picked, another letter brings the meeting for your calendar.";
const notYou = "If you did not ask for this, you can ignore it: nothing happens until the link is used.";

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** By the reason of the refusal. */
const whyNotInvited: Readonly<Record<string, string>> = {
  project_not_active: "the project is not active",
  deadline_needed: "the deadline had passed",
  opens_after_deadline: "the interview would open after its deadline",
};

/** By the reason of a decline. */
const whyLost: Readonly<Record<string, string>> = {
  does_not_know_them: "says that they do not know you well enough",
  company_policy: "may not answer, by the rules where they work",
  not_available: "has no time to answer",
  other: "will not answer",
  unreachable: "cannot be reached at the address you gave",
};

function references(required: number, optional: number): string {
  const asked = `Name ${counted(required, "person").replace("persons", "people")} who can tell about your work`;
  if (optional === 0) return `${asked}. They are written to as soon as you have named them.`;
  return `${asked}, better ${required + optional}: whoever answers first counts, and you do not have to wait for the slowest.`;
}

/** More names than this nobody reads in a letter. */
const namesMax = 20;

function named(interviews: readonly { readonly candidateName: string }[], count: number): string[] {
  const names = interviews.slice(0, namesMax).map(({ candidateName }) => candidateName);
  if (names.length === 0) return [];
  const more = count - names.length;
  return [`${names.join(", ")}${more > 0 ? ` and ${more} more` : ""}.`];
}

function deadline(at: string | null): string[] {
  return at === null ? [] : [`Your deadline: ${at}.`];
}

function zoneName(instant: Date, timeZone: string): string {
  const parts = new Intl.DateTimeFormat("en-GB", { timeZone, timeZoneName: "long" }).formatToParts(instant);
  return parts.find(({ type }) => type === "timeZoneName")?.value ?? timeZone;
}

const day = { weekday: "long", day: "numeric", month: "long", year: "numeric" } as const;
const time = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;

export const english: Wording = {
  language: "en",
  direction: "ltr",

  instant: (instant, timeZone) => {
    const told = new Intl.DateTimeFormat("en-GB", {
      timeZone,
      ...day,
      ...time,
      timeZoneName: "long",
    }).format(instant);
    return `${told} (${timeZone})`;
  },

  span: (startsAt, endsAt, timeZone) => {
    const told = (form: Intl.DateTimeFormatOptions, instant: Date) =>
      new Intl.DateTimeFormat("en-GB", { timeZone, ...form }).format(instant);
    const [from, to] = [startsAt, endsAt].map((instant) => told({ ...day, timeZoneName: "long" }, instant));
    const hours = `${told(time, startsAt)} to ${told(time, endsAt)}`;
    // On one day, in one time of the year: both are said once.
    if (from === to) return `${told(day, startsAt)}, ${hours} ${zoneName(startsAt, timeZone)} (${timeZone})`;
    return `${english.instant(startsAt, timeZone)} to ${english.instant(endsAt, timeZone)}`;
  },

  duration: (durationMs) =>
    durationMs < 2 * hourMs
      ? counted(Math.round(durationMs / minuteMs), "minute")
      : counted(Math.round(durationMs / hourMs), "hour"),

  buttonFails: "If the button does nothing, copy this address into your browser:",
  sentBy: (senderName) => `Sent by ${senderName}.`,

  entry,

  letters: {
    // Says nothing that the person who typed the address could choose: a stranger's words do not reach a third inbox.
    sign_up: (_content, { linkLives }) => ({
      subject: "Confirm your e-mail address",
      heading: "Welcome",
      paragraphs: ["One step is left: confirm that this address is yours, with the password you chose."],
      button: "Finish signing up",
      afterwords: [`The link works once, for ${linkLives}.`, notYou],
    }),

    already_registered: () => ({
      subject: "You already have an account",
      heading: "You already have an account",
      paragraphs: [
        "Somebody, probably you, tried to sign up with this address. It has an account already: you can simply sign in.",
        "If you no longer know your password, ask for a new one where you sign in.",
      ],
      button: "Sign in",
      afterwords: ["If it was not you, there is nothing you need to do."],
    }),

    sign_in: ({ organizationName }, { linkLives }) => ({
      subject: organizationName ? `Your link to ${organizationName}` : "Your link to sign in",
      heading: "Sign in",
      paragraphs: [
        organizationName
          ? `Use the button below to get to what ${organizationName} asks of you. No password is needed.`
          : "Use the button below to sign in. No password is needed.",
      ],
      button: "Sign in",
      afterwords: [`The link works once, for ${linkLives}.`, notYou],
    }),

    password_reset: ({ organizationName }, { linkLives }) => ({
      subject: organizationName ? `Set a password for ${organizationName}` : "Set a new password",
      heading: "Set a new password",
      paragraphs: [
        ...(organizationName ? [`It is for what ${organizationName} asks of you, and for nothing else.`] : []),
        "Use the button below to choose a new password. Until you do, everything stays as it is.",
      ],
      button: "Choose a new password",
      afterwords: [`The link works once, for ${linkLives}.`, notYou],
    }),

    member_invite: ({ organizationName, inviterName, expiresAt }, { at }) => ({
      subject: `${inviterName} invites you to join ${organizationName}`,
      heading: `Join ${organizationName}`,
      paragraphs: [
        `${inviterName} invites you to work with ${organizationName} on screening candidates.`,
        ...(expiresAt === null ? [] : [`The invite is open until ${at(expiresAt)}.`]),
      ],
      button: "See the invite",
      afterwords: ["If you do not know who this is from, you can ignore it."],
    }),

    interview_invitation: ({ firstName, organizationName, projectName, deadlineAt }, { at }) => ({
      subject: `${organizationName} invites you to an interview: ${projectName}`,
      heading: `Hello ${firstName}`,
      paragraphs: [
        `${organizationName} invites you to an interview: ${projectName}. It takes place online, at a time that suits you.`,
        ...deadline(deadlineAt && at(deadlineAt)),
      ],
      button: "Go to the interview",
      afterwords: [yoursAlone],
    }),

    interview_restored: ({ firstName, organizationName, projectName, deadlineAt }, { at }) => ({
      subject: `Your interview is open again: ${projectName}`,
      heading: `Hello ${firstName}`,
      paragraphs: [
        `${organizationName} has opened your interview again: ${projectName}. You can go on from where you were.`,
        ...deadline(deadlineAt && at(deadlineAt)),
      ],
      button: "Go to the interview",
      afterwords: [yoursAlone],
    }),

    interview_reset: ({ firstName, organizationName, projectName, deadlineAt }, { at }) => ({
      subject: `You can start your interview anew: ${projectName}`,
      heading: `Hello ${firstName}`,
      paragraphs: [
        `Your interview was interrupted. ${organizationName} gives you a new start: ${projectName}.`,
        ...deadline(deadlineAt && at(deadlineAt)),
      ],
      button: "Go to the interview",
      afterwords: [yoursAlone],
    }),

    interview_reminder: ({ firstName, organizationName, projectName, deadlineAt }, { at }) => ({
      subject: `Still open until your deadline: ${projectName}`,
      heading: `Hello ${firstName}`,
      paragraphs: [
        `${organizationName} is looking forward to your interview: ${projectName}. It takes place online, at a time that suits you.`,
        ...deadline(at(deadlineAt)),
      ],
      button: "Go to the interview",
      afterwords: [yoursAlone],
    }),

    interview_deadline_moved: ({ firstName, organizationName, projectName, deadlineAt }, { at }) => ({
      subject: `Your deadline has moved: ${projectName}`,
      heading: `Hello ${firstName}`,
      paragraphs: [
        `${organizationName} has moved the deadline of your interview: ${projectName}. It takes place online, at a time that suits you.`,
        `Your new deadline: ${at(deadlineAt)}.`,
        "The link in your invitation stays good: please use that.",
      ],
      button: null,
      afterwords: [],
    }),

    interview_expired: ({ candidateName, projectName, organizationName, deadlineAt }, { at }) => ({
      subject: `Deadline passed: ${candidateName}, ${projectName}`,
      heading: "A deadline has passed",
      paragraphs: [
        `${candidateName} did not make the deadline for ${projectName} at ${organizationName}: ${at(deadlineAt)}.`,
        "If you want to give them another chance, restore the interview with a new deadline.",
      ],
      button: null,
      afterwords: [],
    }),

    interviews_expired: (content, { at }) => {
      const { count, interviews, firstDeadlineAt, lastDeadlineAt, projectName, organizationName } = content;
      return {
        subject: `Deadline passed: ${counted(count, "candidate")}, ${projectName}`,
        heading: "Deadlines have passed",
        paragraphs: [
          firstDeadlineAt === lastDeadlineAt
            ? `${counted(count, "candidate")} did not make the deadline for ${projectName} at ${organizationName}: ${at(firstDeadlineAt)}.`
            : `${counted(count, "candidate")} did not make their deadlines for ${projectName} at ${organizationName}, from ${at(firstDeadlineAt)} to ${at(lastDeadlineAt)}.`,
          ...named(interviews, count),
          "If you want to give any of them another chance, restore their interviews with a new deadline.",
        ],
        button: null,
        afterwords: [],
      };
    },

    address_dead: ({ candidateName, projectName, organizationName, address, why }) => ({
      subject: `Letters do not reach ${candidateName}, ${projectName}`,
      heading: "A candidate cannot be reached",
      paragraphs: [
        why === "bounced"
          ? `${candidateName} cannot be written to about ${projectName} at ${organizationName}: mail to ${address} comes back.`
          : `${candidateName} cannot be written to about ${projectName} at ${organizationName}: a letter was marked as unwanted by whoever reads ${address}.`,
        "Nothing more is sent to this address. Correct it, and the invitation goes out again.",
      ],
      button: null,
      afterwords: [],
    }),

    invitation_not_sent: ({ candidateName, projectName, organizationName, why }) => ({
      subject: `Not invited: ${candidateName}, ${projectName}`,
      heading: "An invitation was not sent",
      paragraphs: [
        `${candidateName} was to be invited to ${projectName} at ${organizationName} by now, but ${whyNotInvited[why] ?? "that is not possible any more"}.`,
        "Nothing more is planned. Invite them yourself once that is put right, or plan it anew.",
      ],
      button: null,
      afterwords: [],
    }),

    interview_finished: ({ candidateName, projectName, organizationName }) => ({
      subject: `Ready to be rated: ${candidateName}, ${projectName}`,
      heading: "An interview is ready to be rated",
      paragraphs: [
        `${candidateName} has finished the interview for ${projectName} at ${organizationName}.`,
        "Your ratings are awaited. You will see what the others think once yours are in.",
      ],
      button: null,
      afterwords: [],
    }),

    refcheck_invitation: (content, { at }) => {
      const { firstName, organizationName, roleTitle, referencesRequired, referencesOptional, deadlineAt } = content;
      return {
        subject: `${organizationName} asks for your references: ${roleTitle}`,
        heading: `Hello ${firstName}`,
        paragraphs: [
          `${organizationName} considers you for ${roleTitle} and would like to hear from people you have worked with.`,
          references(referencesRequired, referencesOptional),
          ...deadline(at(deadlineAt)),
        ],
        button: "Name your references",
        afterwords: [yoursAlone],
      };
    },

    refcheck_reminder: (content, { at }) => {
      const { firstName, organizationName, roleTitle, referencesRequired, referencesOptional, deadlineAt } = content;
      return {
        subject: `Your references are still needed: ${roleTitle}`,
        heading: `Hello ${firstName}`,
        paragraphs: [
          `${organizationName} is waiting to hear from people you have worked with, for ${roleTitle}.`,
          references(referencesRequired, referencesOptional),
          ...deadline(at(deadlineAt)),
        ],
        button: "Name your references",
        afterwords: [yoursAlone],
      };
    },

    reference_lost: ({ firstName, organizationName, roleTitle, referenceName, why, deadlineAt }, { at }) => ({
      subject: `Somebody else is needed: ${roleTitle}`,
      heading: `Hello ${firstName}`,
      paragraphs: [
        `${referenceName} ${whyLost[why] ?? "will not answer"}.`,
        `Please name somebody else whom ${organizationName} can ask about ${roleTitle}, or give another address.`,
        ...deadline(at(deadlineAt)),
      ],
      button: "Name somebody else",
      afterwords: [yoursAlone],
    }),

    reference_request: ({ firstName, candidateName, organizationName, roleTitle, deadlineAt }, { at }) => ({
      subject: `${candidateName} has named you as a reference`,
      heading: `Hello ${firstName}`,
      paragraphs: [
        `${organizationName} considers ${candidateName} for ${roleTitle}, and ${candidateName} has named you as somebody who can tell about their work.`,
        "It takes about ten minutes, on a phone too. What you write is saved as you go, and you can come back until you have finished.",
        `It is open until ${at(deadlineAt)}.`,
      ],
      button: "See what is asked",
      afterwords: ["You can also say no there, with one press.", yoursAlone],
    }),

    reference_reminder: ({ firstName, candidateName, organizationName, roleTitle, deadlineAt }, { at }) => ({
      subject: `${candidateName} still counts on you`,
      heading: `Hello ${firstName}`,
      paragraphs: [
        `${organizationName} is waiting for your answers about ${candidateName}, who is considered for ${roleTitle}. What you have written so far is kept.`,
        `It is open until ${at(deadlineAt)}.`,
      ],
      button: "See what is asked",
      afterwords: ["You can also say no there, with one press.", yoursAlone],
    }),

    reference_released: ({ firstName, candidateName, organizationName, roleTitle }) => ({
      subject: `Your answers about ${candidateName} are not needed any more`,
      heading: `Hello ${firstName}`,
      paragraphs: [
        `${organizationName} does not need your answers about ${candidateName} for ${roleTitle} any more. There is nothing left for you to do, and the links you were sent have ended.`,
        "Thank you for being there.",
      ],
      button: null,
      afterwords: [],
    }),

    refcheck_completed: ({ candidateName, roleTitle, organizationName, referencesRequired, signals }) => ({
      subject: `References are in: ${candidateName}, ${roleTitle}`,
      heading: "A reference check is complete",
      paragraphs: [
        `${counted(referencesRequired, "reference")} of ${candidateName} answered, as ${roleTitle} at ${organizationName} asks for.`,
        ...(signals === 0
          ? []
          : [`Before you rely on them, look at the ${counted(signals, "signal")} that came up. None is a verdict.`]),
        "Whoever else was asked may answer until the deadline, and is not reminded any more.",
      ],
      button: null,
      afterwords: [],
    }),

    refcheck_expired: (content, { at }) => {
      const { candidateName, roleTitle, organizationName, referencesRequired, answered, deadlineAt } = content;
      return {
        subject: `Deadline passed: references of ${candidateName}, ${roleTitle}`,
        heading: "A deadline has passed",
        paragraphs: [
          `${answered} of ${counted(referencesRequired, "reference")} of ${candidateName} answered for ${roleTitle} at ${organizationName} by ${at(deadlineAt)}.`,
          "If you want to give them more time, restore the reference check with a new deadline.",
        ],
        button: null,
        afterwords: [],
      };
    },

    candidate_rejected: ({ firstName, organizationName }) => ({
      subject: `About your application to ${organizationName}`,
      heading: `Hello ${firstName}`,
      paragraphs: [
        `Thank you for your interest in ${organizationName}, and for the time you gave it. We have decided not to go on with your application.`,
        "This is no judgement of you or of what you can do. We wish you all the best in finding a place that suits you.",
      ],
      button: null,
      afterwords: [],
    }),

    slots_offered: ({ firstName, organizationName, title, slots, expiresAt }, { at }) => ({
      subject: `Pick a time: ${title}, ${organizationName}`,
      heading: `Hello ${firstName}`,
      paragraphs: [
        `${organizationName} would like to meet you: ${title}.`,
        `${slots === 1 ? "One time is" : `${slots} times are`} offered. Pick the one that suits you; whoever picks first has it.`,
        `You can pick until ${at(expiresAt)}.`,
      ],
      button: "Pick a time",
      afterwords: [pickedBringsAnother, yoursAlone],
    }),

    slots_reminder: ({ firstName, organizationName, title, expiresAt }, { at }) => ({
      subject: `Still to pick: ${title}, ${organizationName}`,
      heading: `Hello ${firstName}`,
      paragraphs: [
        `${organizationName} would like to meet you, and you have not picked a time yet: ${title}.`,
        "Others may be offered the same times; whoever picks first has it.",
        `You can pick until ${at(expiresAt)}.`,
      ],
      button: "Pick a time",
      afterwords: [pickedBringsAnother, yoursAlone],
    }),

    interviewer_left: ({ memberName, organizationName, count, meetings }, { at }) => {
      const more = count - meetings.length;
      return {
        subject: `An interviewer has left: ${memberName}, ${counted(count, "meeting")} to come`,
        heading: "An interviewer has left",
        paragraphs: [
          `${memberName} has left ${organizationName}, and was to take part in ${counted(count, "meeting")} to come.`,
          ...meetings.map(
            ({ title, candidateName, startsAt, others }) =>
              `${title}, ${candidateName}, ${at(startsAt)}: ${others === 0 ? "nobody else takes part" : `${counted(others, "other")} ${others === 1 ? "takes" : "take"} part`}.`,
          ),
          ...(more > 0 ? [`And ${more} more.`] : []),
          "Candidates have not been told. Name somebody else or cancel the meeting, and everybody who takes part hears of it.",
        ],
        button: null,
        afterwords: [],
      };
    },

    ...meetingLetters,
  },
};
