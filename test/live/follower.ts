// Somebody who keeps a list up to date by what has changed, as a frontend would.
import type { RouterInputs, RouterOutputs } from "../../client/index.ts";

/** As much of a client as following needs. */
type Followed = {
  readonly interview: {
    readonly list: {
      readonly query: (input: RouterInputs["interview"]["list"]) => Promise<RouterOutputs["interview"]["list"]>;
    };
    readonly changesSince: {
      readonly query: (
        input: RouterInputs["interview"]["changesSince"],
      ) => Promise<RouterOutputs["interview"]["changesSince"]>;
    };
  };
};

export type Listed = RouterOutputs["interview"]["list"]["items"][number];

export async function listAll(client: Followed): Promise<Map<string, Listed>> {
  const found = new Map<string, Listed>();
  for (let cursor: string | undefined; ; ) {
    const page = await client.interview.list.query({ size: 100, ...(cursor !== undefined && { cursor }) });
    for (const item of page.items) found.set(item.id, item);
    if (page.nextCursor === null) return found;
    cursor = page.nextCursor;
  }
}

export type Follower = {
  /** What it believes the list to be. */
  readonly mirror: () => ReadonlyMap<string, Listed>;
  /** How often it had to list again. */
  readonly looks: () => number;
  /** How many changes it was told of. */
  readonly told: () => number;
  /** Asks until there is nothing more. */
  readonly catchUp: (size?: number) => Promise<void>;
};

export async function follow(client: Followed): Promise<Follower> {
  let { cursor } = await client.interview.changesSince.query({});
  let mirror = await listAll(client);
  let looks = 0;
  let told = 0;
  return {
    mirror: () => mirror,
    looks: () => looks,
    told: () => told,
    async catchUp(size = 25) {
      for (;;) {
        const { items, isMore, cursor: next } = await client.interview.changesSince.query({ cursor, size });
        cursor = next;
        for (const item of items) {
          told += 1;
          if (item.kind === "changed") mirror.set(item.interview.id, item.interview);
          if (item.kind === "gone") mirror.delete(item.interviewId);
        }
        if (items.some(({ kind }) => kind === "look_again")) {
          looks += 1;
          mirror = await listAll(client);
        }
        if (!isMore) return;
      }
    },
  };
}
