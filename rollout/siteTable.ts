const chunkSize = 64;

/**
 * A map by site name that is never changed in place: `with` shares all but one small chunk with the table it came
 * from. That keeps the fold over events pure at a cost that does not grow with the square of the fleet.
 */
export class SiteTable<T> {
  private constructor(
    private readonly positions: ReadonlyMap<string, number>,
    private readonly chunks: readonly (readonly T[])[],
  ) {}

  static of<T>(entries: readonly (readonly [string, T])[]): SiteTable<T> {
    const positions = new Map(entries.map(([name], index) => [name, index]));
    const chunks: T[][] = [];
    entries.forEach(([, value], index) => {
      if (index % chunkSize === 0) chunks.push([]);
      chunks.at(-1)?.push(value);
    });
    return new SiteTable(positions, chunks);
  }

  get size(): number {
    return this.positions.size;
  }

  get(name: string): T | undefined {
    const position = this.positions.get(name);
    return position === undefined ? undefined : this.chunks[Math.floor(position / chunkSize)]?.[position % chunkSize];
  }

  /** A table with another value for one of its sites. @throws Error for a site that is not in the table. */
  with(name: string, value: T): SiteTable<T> {
    const position = this.positions.get(name);
    if (position === undefined) throw new Error(`site ${JSON.stringify(name)} is not in this rollout`);
    const index = Math.floor(position / chunkSize);
    const chunk = (this.chunks[index] ?? []).with(position % chunkSize, value);
    return new SiteTable(this.positions, this.chunks.with(index, chunk));
  }

  /** In the order of waves, and of starts within a wave. */
  *values(): IterableIterator<T> {
    for (const chunk of this.chunks) yield* chunk;
  }
}
