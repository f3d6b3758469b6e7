// Much work, a little of it at a time. Pure: what the work does is the caller's.

/** Several workers share one queue, so that a slow item holds up none but its own worker. `work` must not throw. */
export async function forEachOf<Item>(
  items: readonly Item[],
  concurrency: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      for (const item of queue) await work(item);
    }),
  );
}
