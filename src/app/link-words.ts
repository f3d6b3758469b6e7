// What the built-in page behind a letter's link says. English; another language is another such table. Pure.
import type { LinkPurpose } from "../identity/policy.ts";
import { linkTtlMs } from "../identity/policy.ts";
import type { Reason } from "../kernel/errors.ts";
import { english } from "../stationery/english.ts";

export type Field = {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly type: "email" | "password" | "text";
  readonly autocomplete: string;
  readonly isOptional?: boolean;
};

export type PurposeWords = {
  readonly title: string;
  readonly paragraphs: readonly string[];
  readonly fields: readonly Field[];
  readonly button: string;
  /** What to do when the link is over. */
  readonly dead: string;
  /** Where a refusal's own sentence would not be understood here. */
  readonly refusals?: Readonly<Partial<Record<Reason, string>>>;
};

export const passwordsDiffer = "The two passwords are not the same.";

const newPassword = {
  label: "New password",
  hint: "10 to 200 characters. Several words in a row are good.",
  type: "password",
  autocomplete: "new-password",
} as const;

const badPassword = "A password has 10 to 200 characters.";

export const words: Readonly<Record<LinkPurpose, PurposeWords>> = {
  sign_in: {
    title: "Sign in",
    paragraphs: ["This link signs you in once. If you did not ask for it, close this page: nothing happens."],
    fields: [],
    button: "Sign in",
    dead: `A sign-in link works once and for ${english.duration(linkTtlMs.sign_in)}. Ask for a new one where you asked for this one.`,
  },
  sign_up: {
    title: "Confirm your e-mail address",
    paragraphs: [
      "Enter the password you chose when you signed up. With it your account is made and you are signed in.",
      "If you did not sign up, close this page: no account is made.",
    ],
    fields: [{ name: "password", label: "The password you chose", type: "password", autocomplete: "current-password" }],
    button: "Confirm and sign in",
    dead: `If you have confirmed your address already, sign in with your password. If not, sign up again and use the newest letter within ${english.duration(linkTtlMs.sign_up)}.`,
    refusals: {
      wrong_password: "That is not the password you chose when you signed up.",
      bad_input: "Enter the password you chose when you signed up.",
    },
  },
  password_reset: {
    title: "Set a new password",
    paragraphs: ["Setting it signs you out everywhere. If you did not ask for this, close this page: nothing changes."],
    fields: [
      { ...newPassword, name: "password" },
      { name: "again", label: "The same password again", type: "password", autocomplete: "new-password" },
    ],
    button: "Set the password",
    dead: `A link to set a password works once and for ${english.duration(linkTtlMs.password_reset)}. Ask for a new one where you asked for this one.`,
    refusals: { bad_input: badPassword },
  },
  member_invite: {
    title: "Accept the invite",
    paragraphs: [
      "Somebody has invited you to work with their organization. Accepting makes you a member of it.",
      "If you have an account here, enter its password. If not, choose one and tell us your name.",
    ],
    fields: [
      { name: "email", label: "The e-mail address the invite was sent to", type: "email", autocomplete: "username" },
      { ...newPassword, name: "password", label: "Password", autocomplete: "current-password" },
      {
        name: "firstName",
        label: "First name, if you are new",
        type: "text",
        autocomplete: "given-name",
        isOptional: true,
      },
      {
        name: "lastName",
        label: "Last name, if you are new",
        type: "text",
        autocomplete: "family-name",
        isOptional: true,
      },
    ],
    button: "Accept and sign in",
    dead: "The invite was answered, taken back, or has run out. If there is a newer letter, use the link in that one; if not, ask the person who invited you.",
    refusals: {
      bad_input: "Enter the address the invite was sent to and a password; if you are new here, your names as well.",
      link_dead: "The invite was not sent to that address.",
      wrong_password: "That is not the password of this account.",
    },
  },
  interview_invitation: {
    title: "You are invited",
    paragraphs: [
      "Go on to see what you are invited to. Nothing is confirmed and nothing starts by opening it.",
      "You may use the link in your letter again, on this or another device, for as long as the invitation stands.",
    ],
    fields: [],
    button: "Go on",
    dead: "The interview is over, or the link was replaced by a newer one. If there is a newer letter, use the link in that one; if not, answer the people who invited you.",
  },
  refcheck_invitation: {
    title: "Your references",
    paragraphs: [
      "Go on to see what is asked for and to name people you have worked with. Nobody is written to by opening it.",
      "You may use the link in your letter again, on this or another device, until it is over.",
    ],
    fields: [],
    button: "Go on",
    dead: "This reference check was canceled. If you have a question, answer the people who wrote to you.",
  },
  slot_offer: {
    title: "Pick a time",
    paragraphs: [
      "Go on to see the times you are offered. None is taken by opening it.",
      "You may use the link in your letter again, on this or another device, until you have picked a time.",
    ],
    fields: [],
    button: "Go on",
    dead: "You have picked a time, and another letter tells you of it; or these times are not offered any more. If you have a question, answer the people who wrote to you.",
  },
  reference_request: {
    title: "You are asked about somebody",
    paragraphs: [
      "Go on to see whom it is about and what is asked. You say yes or no only after that, and nothing is sent by opening it.",
      "You may use the link in your letter again, on this or another device, until you have finished.",
    ],
    fields: [],
    button: "Go on",
    dead: "You have finished, or you are not asked any more, or the time for it is over. Thank you: there is nothing you need to do.",
  },
};

export const unknownLink =
  "Copy the whole address from the letter, from https to the last character, or open the letter again and press its button.";

export const outcomes = {
  passwordSet: {
    title: "Your password is set",
    paragraphs: ["You have been signed out everywhere. Sign in again with the new password."],
  },
  unavailable: {
    title: "Please try again",
    paragraphs: ["The service cannot answer right now. Your link has not been used; try it again in a minute."],
  },
  unexpected: {
    title: "Something went wrong",
    paragraphs: ["The mistake is on our side and has been written down. Try the link again in a minute."],
  },
} as const;
