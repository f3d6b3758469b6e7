import type { Statement } from "../../db/statement.ts";
import type { Deps } from "../kernel/deps.ts";
import type { InterviewId, OrganizationId } from "../kernel/ids.ts";
import type { LetterContent } from "../stationery/contract.ts";
import * as store from "./store.ts";

const productName = "Anteroom";
const tokenPurpose = "letter token v1";

export type LetterToWrite = {
  readonly to: string;
  readonly language: string;
  readonly timeZone: string;
  readonly content: LetterContent;
  /** The link's token: kept sealed until the letter is delivered, then taken out. */
  readonly token?: string;
  readonly senderName?: string;
  readonly organizationId?: OrganizationId;
  readonly interviewId?: InterviewId;
};

/** A letter for the caller's own write: it is promised if, and only if, the step is taken. */
export async function promiseLetter(deps: Deps, { token, ...values }: LetterToWrite): Promise<Statement<number>> {
  const now = deps.now();
  return store.insertLetter({
    senderName: productName,
    ...values,
    id: deps.newId("ltr"),
    sealedToken: token === undefined ? null : await deps.sealer.seal(tokenPurpose, token),
    status: "waiting",
    attempts: 0,
    nextAttemptAt: now,
    createdAt: now,
  });
}

/** The same, to whoever has this address, if anybody has. */
export async function promiseLetterIfKnown(
  deps: Deps,
  { email, content, token }: { email: string; content: LetterContent; token: string },
): Promise<Statement<void>> {
  return store.insertLetterIfKnown({
    id: deps.newId("ltr"),
    email,
    content,
    senderName: productName,
    sealedToken: await deps.sealer.seal(tokenPurpose, token),
    now: deps.now(),
  });
}

/** After the answer: a first try at what was just promised. */
export function drainSoon(deps: Deps): void {
  deps.afterwards("drain_outbox", () => drainOutbox(deps));
}

export async function drainOutbox(_deps: Deps): Promise<Date | null> {
  return null;
}
