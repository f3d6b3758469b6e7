// Letters that somebody asks for, to sign in or to set a password: to whom they go, and where they may lead (decision 016).
import type { Statement } from "../../db/statement.ts";
import { attemptAt, countTowards } from "../attempt/actions.ts";
import { destinationAt, newLink } from "../identity/actions.ts";
import type { AskForLink } from "../identity/contract.ts";
import { lettersPerDay, limits, linkTtlMs } from "../identity/policy.ts";
import { after } from "../kernel/clock.ts";
import type { Deps } from "../kernel/deps.ts";
import type { Destination } from "../kernel/destination.ts";
import { drainSoon, type LetterOfLink, promiseLetterOfLink } from "../letter/actions.ts";
import * as store from "./store.ts";

type Purpose = "sign_in" | "password_reset";

/**
 * Sends a link that works once, for ten minutes. Asked for at no organization, to the user with this address, and it leads
 * to the installation's own frontend. Asked for at one, to its member and to its candidate with this address (one letter
 * each, should somebody be both), and it leads to the organization's. Refuses with `slow_down` and `foreign_destination` only.
 */
export function askForLink(deps: Deps, input: AskForLink) {
  return sendWaysIn(deps, "sign_in", input);
}

/**
 * Sends a link to set a new password: 30 minutes, one use. To the user with this address; asked for at an organization,
 * also to its candidate. A user's password opens every organization they work in, so its letter leads to the
 * installation's own frontend, wherever it was asked for. Refuses with `slow_down` and `foreign_destination` only.
 */
export function askForPasswordReset(deps: Deps, input: AskForLink) {
  return sendWaysIn(deps, "password_reset", input);
}

/** The answer and the work are the same whoever has the address, if anybody has: only what was asked decides them. */
async function sendWaysIn(deps: Deps, purpose: Purpose, { email, organization: slug, next }: AskForLink) {
  const waysIn =
    slug === undefined
      ? await ofUser(deps, { purpose, email, destination: destinationAt(deps, next, []) })
      : await atOrganization(deps, slug, { purpose, email, next });
  await deps.db.write([
    ...attemptAt(deps, limits[purpose], email).counted,
    ...countTowards(deps, lettersPerDay, email, 1),
    ...waysIn,
  ]);
  drainSoon(deps);
  return { onItsWay: true as const };
}

type Asked = { readonly purpose: Purpose; readonly email: string };

async function atOrganization(deps: Deps, slug: string, { next, ...asked }: Asked & { next: string | undefined }) {
  const { organization } = await deps.db.read({ organization: store.organizationBySlug(slug) });
  const destination = destinationAt(deps, next, organization?.frontendOrigins ?? []);
  const organizationId = organization?.id ?? null;
  const staff =
    asked.purpose === "sign_in"
      ? wayIn(deps, { ...asked, destination }, (row) => store.insertLinkOfMember(row, organizationId))
      : ofUser(deps, { ...asked, destination: atHome(deps, destination) });
  const candidates = wayIn(
    deps,
    {
      ...asked,
      destination,
      organizationName: organization?.name ?? slug,
      senderName: organization?.senderName ?? slug,
    },
    (row) => store.insertLinkOfCandidate(row, organizationId),
  );
  return (await Promise.all([staff, candidates])).flat();
}

/** The installation's own frontend; a way through somebody else's means nothing there. */
function atHome(deps: Deps, destination: Destination): Destination {
  const isHome = [...deps.site.frontendOrigins, deps.site.publicUrl].includes(destination.frontend);
  return isHome ? destination : destinationAt(deps, undefined, []);
}

type WayIn = Asked & {
  readonly destination: Destination;
  /** What a candidate is told of where it leads to, and by whom. */
  readonly organizationName?: string;
  readonly senderName?: string;
};

function ofUser(deps: Deps, asked: WayIn) {
  return wayIn(deps, asked, store.insertLinkOfUser);
}

/** The link for whom this sentence finds, and the letter that goes where the link does. */
async function wayIn(
  deps: Deps,
  { purpose, email, destination, organizationName, senderName }: WayIn,
  linkFor: (row: Parameters<typeof store.insertLinkOfUser>[0]) => Statement<void>,
): Promise<Statement<unknown>[]> {
  const { token, row } = newLink(deps, { purpose, email, expiresAt: after(deps.now(), linkTtlMs[purpose]) });
  const { frontend, path: next } = destination;
  const letter: LetterOfLink = {
    content: { kind: purpose, ...(organizationName !== undefined && { organizationName }), link: { frontend, next } },
    token,
    linkId: row.id,
    ...(senderName !== undefined && { senderName }),
  };
  return [linkFor(row), await promiseLetterOfLink(deps, letter)];
}
