// Every refusal Anteroom can answer with: reason -> tRPC code and a sentence a person understands. Pure data.

export const refusals = {
  bad_input: { code: "BAD_REQUEST", sentence: "Something in the request is not of the expected shape." },
  no_such_call: { code: "NOT_FOUND", sentence: "There is no such procedure." },
  wrong_method: { code: "METHOD_NOT_SUPPORTED", sentence: "This procedure is called with the other HTTP method." },
  too_large: { code: "PAYLOAD_TOO_LARGE", sentence: "The request is larger than this API takes." },
  slow_down: { code: "TOO_MANY_REQUESTS", sentence: "That was tried too often. Please wait a little and try again." },
  unavailable: { code: "SERVICE_UNAVAILABLE", sentence: "The service cannot answer right now. Please try again." },

  signed_out: { code: "UNAUTHORIZED", sentence: "You are not signed in, or your session has ended." },
  access_changed: {
    code: "UNAUTHORIZED",
    sentence: "Your access to this organization has changed. Enter it again to go on.",
  },
  wrong_actor: { code: "FORBIDDEN", sentence: "This call is not for the kind of visitor you are signed in as." },
  not_allowed: { code: "FORBIDDEN", sentence: "Your access does not allow this." },
  not_found: { code: "NOT_FOUND", sentence: "There is nothing here by that id that you may see." },

  wrong_credentials: { code: "UNAUTHORIZED", sentence: "The e-mail address or the password is not right." },
  wrong_password: { code: "FORBIDDEN", sentence: "That is not the current password." },
  weak_password: { code: "BAD_REQUEST", sentence: "The password is too easy to guess. Choose a longer one." },
  link_dead: { code: "NOT_FOUND", sentence: "This link has been used, replaced or has run out. Ask for a new one." },
  other_link: { code: "CONFLICT", sentence: "This link is for something else and is used another way." },
  foreign_destination: {
    code: "BAD_REQUEST",
    sentence: "The place to go next is not on a frontend this organization allows.",
  },

  slug_taken: { code: "CONFLICT", sentence: "That short name is already in use. Choose another." },
  default_team: { code: "CONFLICT", sentence: "The default team stays for as long as the organization does." },
  team_archived: { code: "CONFLICT", sentence: "This team is archived." },
  already_in_team: { code: "CONFLICT", sentence: "This member is already in the team." },
  last_owner: { code: "CONFLICT", sentence: "An organization keeps at least one owner." },
  above_own_access: { code: "FORBIDDEN", sentence: "Nobody gives, takes or changes more access than they have." },
  already_member: { code: "CONFLICT", sentence: "This person is already a member of the organization." },
  already_invited: { code: "CONFLICT", sentence: "This person already has an open invite." },
  invite_answered: { code: "CONFLICT", sentence: "This invite has been answered, revoked or has run out." },

  illegal_step: { code: "CONFLICT", sentence: "That step cannot be taken from where this stands." },
  moved_on: { code: "CONFLICT", sentence: "Somebody or something else was quicker. Look again and decide anew." },
  project_not_active: { code: "CONFLICT", sentence: "Candidates can be invited only while the project is active." },
  project_incomplete: { code: "CONFLICT", sentence: "A project needs at least one step to be active." },
  project_archived: { code: "CONFLICT", sentence: "An archived project can be read but not changed." },
  extension_running: {
    code: "CONFLICT",
    sentence: "The interviews of this project are being given more time already.",
  },
  role_taken: { code: "CONFLICT", sentence: "This member already has that role in the project." },

  built_in: { code: "CONFLICT", sentence: "What ships with Anteroom stays as it is. Make one of your own from it." },
  already_in_role: { code: "CONFLICT", sentence: "This candidate already has a reference check for the role." },
  other_consent: { code: "CONFLICT", sentence: "The text to agree to is another by now. Read it and agree again." },
  consent_needed: { code: "CONFLICT", sentence: "Before anybody is asked about you, you have to agree to it." },
  references_full: { code: "CONFLICT", sentence: "As many people as may be asked have been named." },
  reference_named: { code: "CONFLICT", sentence: "This person has been named already." },
  own_reference: { code: "BAD_REQUEST", sentence: "Nobody is their own reference." },
  other_relationship: {
    code: "BAD_REQUEST",
    sentence: "The role asks for people who stand in another relation to you.",
  },
  answers_missing: { code: "CONFLICT", sentence: "There are questions left that have to be answered." },
  share_too_long: { code: "BAD_REQUEST", sentence: "A report is shared until an instant within a year from now." },
  signal_settled: { code: "CONFLICT", sentence: "Somebody has looked at this, or it is not so any more." },
  role_closed: { code: "CONFLICT", sentence: "This role is closed." },

  pipelines_full: { code: "CONFLICT", sentence: "As many pipelines as there may be are open. Archive one first." },
  pipeline_archived: { code: "CONFLICT", sentence: "An archived pipeline can be read but not changed." },
  stage_in_use: { code: "CONFLICT", sentence: "Somebody still stands in a stage that was left out. Move them first." },
  contact_placed: {
    code: "CONFLICT",
    sentence: "This contact stands in a pipeline, or once did, and stays on record.",
  },
  already_placed: { code: "CONFLICT", sentence: "Whoever is to be placed stands in this pipeline already." },
  place_taken: { code: "CONFLICT", sentence: "Many are placing here at this moment. Please try again." },
  place_full: { code: "CONFLICT", sentence: "Nothing more fits between these two. Move one of them away and back." },

  meeting_overlaps: {
    code: "CONFLICT",
    sentence: "Somebody who takes part has another meeting at that time. Confirm it to go on.",
  },
  meeting_in_past: { code: "BAD_REQUEST", sentence: "A meeting begins in the future." },
  meeting_length: { code: "BAD_REQUEST", sentence: "A meeting takes from five minutes to a day." },
  meeting_begun: { code: "CONFLICT", sentence: "This meeting has begun, and stays as it is." },
  meeting_canceled: { code: "CONFLICT", sentence: "This meeting has been canceled." },
  meeting_not_begun: { code: "CONFLICT", sentence: "Feedback on a meeting is given once it has begun." },
  not_interviewer: { code: "FORBIDDEN", sentence: "Only those who take part in a meeting give feedback on it." },
  feedback_given: { code: "CONFLICT", sentence: "You have given feedback on this meeting. Change that instead." },
  time_taken: {
    code: "CONFLICT",
    sentence: "At this very moment somebody who takes part was given another meeting. Please try again.",
  },

  slot_taken: { code: "CONFLICT", sentence: "This time is not to be had any more. Please pick another." },
  slot_picked: { code: "CONFLICT", sentence: "A time has been picked already." },
  offer_closed: { code: "CONFLICT", sentence: "These times are not offered any more." },
  offer_too_long: { code: "BAD_REQUEST", sentence: "Times are offered until the last of them begins, at the latest." },

  request_key_used: { code: "CONFLICT", sentence: "That request key was used before, for something else." },
  repeated_row: { code: "CONFLICT", sentence: "The same address or key stands in an earlier row." },
  already_in_project: { code: "CONFLICT", sentence: "This candidate already has an interview in the project." },
  already_opened: { code: "CONFLICT", sentence: "The candidate has been here. Skip the interview instead." },
  deadline_in_past: { code: "BAD_REQUEST", sentence: "The deadline must be in the future." },
  deadline_needed: { code: "BAD_REQUEST", sentence: "This needs a deadline in the future." },
  opens_after_deadline: {
    code: "BAD_REQUEST",
    sentence: "The interview would open only after its deadline.",
  },
  no_time_left: { code: "CONFLICT", sentence: "With that the running interview would be over at once." },
  invites_in_past: {
    code: "BAD_REQUEST",
    sentence: "An invitation can be sent later only at an instant in the future.",
  },
  invites_after_deadline: { code: "BAD_REQUEST", sentence: "The invitation would be sent after the deadline." },
  not_open_yet: { code: "CONFLICT", sentence: "The interview cannot be started yet." },
  password_needed: { code: "BAD_REQUEST", sentence: "This interview asks you to set a password first." },
  password_set: { code: "CONFLICT", sentence: "You have set a password before. Go on without a new one." },
  step_not_open: { code: "CONFLICT", sentence: "That is not the step that is open now." },
  step_time_over: { code: "CONFLICT", sentence: "The time for this step is over." },
  answer_submitted: { code: "CONFLICT", sentence: "An answer was submitted: only another take replaces it." },
  takes_used: { code: "CONFLICT", sentence: "All takes for this step have been used." },
  answer_mismatch: { code: "BAD_REQUEST", sentence: "The answer is not of the kind this step asks for." },
  steps_left: { code: "CONFLICT", sentence: "There are steps left that have not been answered." },

  recording_closed: { code: "CONFLICT", sentence: "This recording takes no more parts." },
  recording_incomplete: { code: "CONFLICT", sentence: "Parts of the recording are missing." },
  recording_mismatch: { code: "BAD_REQUEST", sentence: "What was sent is not of the type it was said to be." },
  length_needed: { code: "BAD_REQUEST", sentence: "What is sent must say how long it is." },
  range_not_there: { code: "BAD_REQUEST", sentence: "There are no such bytes." },

  document_closed: { code: "CONFLICT", sentence: "This document has arrived, or is not waited for any more." },
  document_mismatch: { code: "BAD_REQUEST", sentence: "What was sent is not what it was said to be." },
  document_unscanned: {
    code: "CONFLICT",
    sentence: "This document has not been looked through for viruses yet. Please try again in a moment.",
  },
  document_infected: { code: "CONFLICT", sentence: "There was a virus in this document, and it was not kept." },

  not_evaluator: { code: "FORBIDDEN", sentence: "Only the project's evaluators judge its interviews." },
  not_interviewed: { code: "CONFLICT", sentence: "An interview is evaluated once it has been finished." },
  off_scale: { code: "BAD_REQUEST", sentence: "The score is above the scale of its criterion." },
  veto_disabled: { code: "CONFLICT", sentence: "This project allows no vetoes." },

  list_full: { code: "CONFLICT", sentence: "There are as many of these as there may be. Remove one first." },
  contact_known: { code: "CONFLICT", sentence: "Another contact of this organization has that address." },

  upload_closed: { code: "CONFLICT", sentence: "An import of this file has begun, or it is kept no longer." },
  upload_empty: { code: "CONFLICT", sentence: "The file has not been sent yet." },
  unreadable_table: { code: "BAD_REQUEST", sentence: "This cannot be read as a table: a CSV file in UTF-8." },
  columns_unfit: { code: "BAD_REQUEST", sentence: "The columns do not fit what is to be imported." },
  import_running: { code: "CONFLICT", sentence: "This file is being imported already." },

  address_dead: { code: "CONFLICT", sentence: "Mail to this address comes back. Correct the address first." },
  candidate_known: {
    code: "CONFLICT",
    sentence: "This person is a candidate of the organization already, by that e-mail address or phone number.",
  },
  candidate_merged: {
    code: "CONFLICT",
    sentence: "This record has become part of another of the same person. Ask for that one.",
  },
  same_candidate: { code: "BAD_REQUEST", sentence: "A record cannot become part of itself." },
  candidate_interviewing: {
    code: "CONFLICT",
    sentence: "The candidate is in an interview at this moment. Merge the records when they are through.",
  },
  external_id_known: { code: "CONFLICT", sentence: "Another candidate of this organization goes by that external id." },
  field_mismatch: { code: "BAD_REQUEST", sentence: "A custom field does not take that value." },
  field_key_taken: { code: "CONFLICT", sentence: "Another custom field has that key, or once had." },
  address_taken: { code: "CONFLICT", sentence: "Another candidate of this organization has that address." },
  letter_not_failed: { code: "CONFLICT", sentence: "Only a letter that finally failed can be sent again." },
} as const satisfies Record<string, { code: RefusalCode; sentence: string }>;

type RefusalCode =
  | "BAD_REQUEST"
  | "UNAUTHORIZED"
  | "FORBIDDEN"
  | "NOT_FOUND"
  | "METHOD_NOT_SUPPORTED"
  | "CONFLICT"
  | "PAYLOAD_TOO_LARGE"
  | "TOO_MANY_REQUESTS"
  | "SERVICE_UNAVAILABLE";

export type Reason = keyof typeof refusals;

/** What a refusal tells beside its reason: plain JSON, nothing about anybody else. */
export type Facts = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

export class Refused extends Error {
  override readonly name = "Refused";
  readonly reason: Reason;
  readonly facts: Facts;

  constructor(reason: Reason, facts: Facts = {}) {
    super(refusals[reason].sentence);
    this.reason = reason;
    this.facts = facts;
  }
}

const issuesMax = 20;

/** Which fields are wrong and what is wrong with them; the first of them where there are many. */
export function issuesOf(error: { readonly issues: readonly { path: PropertyKey[]; message: string }[] }) {
  return error.issues.slice(0, issuesMax).map(({ path, message }) => ({ path: path.join("."), message }));
}

/** All that a log may hold of a failure: its message could repeat a name, an address or what was typed. */
export function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : "unknown";
}

/** For what leaves a Durable Object: the runtime logs all that one throws, words included. */
export function throwNameOf(error: unknown): never {
  throw new Error(nameOf(error));
}

export function refuse(reason: Reason, facts?: Facts): never {
  throw new Refused(reason, facts);
}
