/** For lists of candidates: what stands in their reads. */
export { laneOf, namedBy, soughtBy, soughtFields, wordsOf } from "./store.ts";
