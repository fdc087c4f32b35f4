/**
 * Does the work for every item, in their order and at most `concurrency` at once. Work that rejects ends the whole, once
 * its lane is the first to say so; what a registry fails at is no rejection.
 * @throws what aborted the signal, before the next item is begun
 */
export async function severalAtOnce<Item>(
  items: readonly Item[],
  { concurrency, signal }: { readonly concurrency: number; readonly signal: AbortSignal },
  work: (item: Item, index: number) => Promise<void>,
): Promise<void> {
  // The lanes share one iterator, so that each item is taken once.
  const queue = items.entries();
  const lane = async (): Promise<void> => {
    for (const [index, item] of queue) {
      signal.throwIfAborted();
      await work(item, index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, lane));
}
