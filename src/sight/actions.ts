/** For slices that keep something about candidates: what stands in their own reads and writes. */
export { isSeenCandidate, mustSeeCandidate, reachesCandidate, seesCandidate } from "./store.ts";
