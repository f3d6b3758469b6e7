// The words that tables, contracts and readers of tables share: what is imported, what it is made of, and what can be wrong with it. Pure.

export const subjects = ["candidates", "contacts"] as const;
export type Subject = (typeof subjects)[number];

/** In the order in which they are written. */
export const candidateFields = [
  ...(["firstName", "lastName", "fullName", "email", "phone", "status", "appliedDate", "rejectDate"] as const),
  ...(["hiredDate", "rating", "source", "tags", "externalIds", "language", "timeZone"] as const),
] as const;
export type CandidateField = (typeof candidateFields)[number];

export const contactFields = ["name", "contactType", "email", "phone", "notes", "people"] as const;
export type ContactField = (typeof contactFields)[number];

type UsualField = CandidateField | ContactField;
export const fields = [...new Set([...candidateFields, ...contactFields])] as readonly UsualField[];

/** What candidates have in a custom field, by its key. */
export type CustomField = `customFields.${string}`;
export type Field = UsualField | CustomField;

/** What can be wrong with a cell. */
export const cellProblems = [
  "missing",
  "too_long",
  "not_text",
  "not_an_address",
  "not_a_phone_number",
  "not_a_date",
  "not_a_rating",
  "not_a_status",
  "not_a_type",
  "not_a_language",
  "not_a_time_zone",
  "not_tags",
  "not_external_ids",
  "not_a_full_name",
  "not_people",
  "too_many_people",
  "not_a_number",
  "not_a_yes_or_no",
  "not_a_choice",
  "not_a_web_address",
  /** Of a custom field: it takes no more values. */
  "field_archived",
] as const;
export type CellProblem = (typeof cellProblems)[number];
