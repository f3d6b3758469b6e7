/** For the outbox: what it never sends. */
/** For whoever makes what a letter says untrue, in their own write. */
export {
  isDead,
  isRejection,
  namesOfWhoIsLeft,
  putAway,
  withdrawLettersOfMeeting,
  withdrawLettersToInterviewer,
  withdrawRejection,
  withdrawRemindersAhead,
} from "./store.ts";
