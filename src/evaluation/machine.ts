// How far the evaluation of an interview is (interview-workflow): derived from what is there, never stored. The store says
// the same in SQL, for the query that lists interviews. Pure.

/** `pending`: nobody is done. `partial`: somebody is, not everybody. `completed`: everybody is, or there is a veto. */
export const evaluationStatuses = ["pending", "partial", "completed"] as const;
export type EvaluationStatus = (typeof evaluationStatuses)[number];

/** The same for whoever asks, if they are an evaluator of the project. */
export const myEvaluationStatuses = ["pending", "completed"] as const;
export type MyEvaluationStatus = (typeof myEvaluationStatuses)[number];
