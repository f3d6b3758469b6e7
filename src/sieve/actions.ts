/** For lists of candidates: what stands in their reads. */
export { soughtFields, type Walk, walkOf } from "./store.ts";
