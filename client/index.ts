/// <reference lib="esnext.disposable" preserve="true" />
// The lib is for @trpc/server's declarations: they name Disposable, which a consumer on ES2022 would not have.
export type { AppRouter } from "../src/app/router.ts";
export type { Facts, Reason } from "../src/kernel/errors.ts";
export {
  type Anteroom,
  type AnteroomOptions,
  createAnteroom,
  type RouterInputs,
  type RouterOutputs,
} from "./anteroom.ts";
export { type Document, DocumentRefused, type NewDocument, sendDocument } from "./document.ts";
export { type FactsOf, Fault, isFault, isRefusal, isUnreachable, Refusal, Unreachable } from "./failures.ts";
export { type KeptAlive, type StayOptions, stayPresent } from "./presence.ts";
export type { PutOptions } from "./put.ts";
export { PartRefused, type Recording, type SendOptions, sendRecording } from "./recording.ts";
export { type Import, sendTable, type Table, type Upload, UploadRefused } from "./table.ts";
