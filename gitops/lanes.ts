/**
 * Does the work for every item, at most `width` at once, and returns the results in the order of the items. Work that
 * rejects does not stop the other items; the results tell which it was.
 */
export async function inLanes<Item, Result>(
  items: readonly Item[],
  width: number,
  work: (item: Item) => Promise<Result>,
): Promise<readonly PromiseSettledResult<Result>[]> {
  const results: PromiseSettledResult<Result>[] = new Array(items.length);
  const queue = items.entries();
  const lane = async (): Promise<void> => {
    // The lanes share one iterator, so that each item is taken once.
    for (const [index, item] of queue)
      [results[index]] = (await Promise.allSettled([work(item)])) as [PromiseSettledResult<Result>];
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, lane));
  return results;
}
