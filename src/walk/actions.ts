/** For lists of candidates: what stands in their reads. */
export { type Walk, walkOf } from "./store.ts";
