// Intake: many candidates invited in one call, each row for itself. Pure.
import * as z from "zod/mini";
import { RefusedRow } from "../bulk/contract.ts";
import { EmailStatus } from "../candidate/contract.ts";
import { CreateAndInvite, Status } from "../interview/contract.ts";
import { idOf } from "../kernel/ids.ts";

const rowsMax = 500;

/** One row, as `interview.createAndInvite` takes it, without the project. */
export const InviteRow = z.omit(CreateAndInvite, { projectId: true });
export type InviteRow = z.infer<typeof InviteRow>;

/** Typed as a row for whoever writes it and taken whatever it is: it is looked at later, one by one, as the row it stands for. */
const LooseRow = z.custom<z.input<typeof InviteRow>>().register(z.globalRegistry, { standsFor: InviteRow });

/**
 * What holds for the whole call stands beside the rows: a row's own `deadlineAt`, `inviteAt` and `opensAt` go before it, labels come
 * together. Rows are looked at one by one, so that one that is wrong refuses itself alone. With a `requestKey` in each row the call may be
 * made again: what it has written is answered as it was.
 */
export const InviteMany = z.extend(
  z.pick(CreateAndInvite, {
    projectId: true,
    labels: true,
    opensAt: true,
    deadlineAt: true,
    inviteAt: true,
  }),
  {
    rows: z.array(LooseRow).check(z.minLength(1), z.maxLength(rowsMax)),
  },
);
export type InviteMany = z.infer<typeof InviteMany>;

/** A row's result, under its place in the call, counted from 0. */
export const RowResult = z.discriminatedUnion("outcome", [
  z.object({
    index: z.number(),
    outcome: z.literal("invited"),
    interviewId: idOf("itv"),
    candidateId: idOf("cnd"),
    /** `new` while the invitation is still to be sent, at `inviteAt`. */
    status: Status,
    deadlineAt: z.nullable(z.date()),
    inviteAt: z.nullable(z.date()),
    /** Anything but `ok`: the invitation will not arrive, and nothing is sent there until `invitation.correctAddress`. */
    emailStatus: EmailStatus,
  }),
  z.extend(RefusedRow, {
    /** Of `bad_input`: which fields, and what is wrong with them. */
    issues: z.array(z.object({ path: z.string(), message: z.string() })),
  }),
]);

/** In the order of the rows. */
export const InvitedMany = z.object({ results: z.array(RowResult), invited: z.number() });
export type InvitedMany = z.infer<typeof InvitedMany>;
