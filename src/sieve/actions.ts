/** For lists of candidates: what their filters mean, and by which index each is walked. */
export type { Filters } from "./contract.ts";
export { appliedOn, by, laneOf, namedBy, soughtBy, soughtFields, wordsOf } from "./store.ts";
