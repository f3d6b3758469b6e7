/** For lists of candidates: what stands in their reads. */
export { appliedOn, soughtFields, type Walk, walkOf } from "./store.ts";
