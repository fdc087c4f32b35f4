/** A power of two, so that a place is found without a division. */
const chunkBits = 6;
const chunkSize = 1 << chunkBits;

/**
 * A map by site name that is never changed in place: `with` shares all but one small chunk with the table it came
 * from. That keeps the fold over events pure at a cost that does not grow with the square of the fleet.
 */
export class SiteTable<T> {
  private constructor(
    private readonly positions: ReadonlyMap<string, number>,
    private readonly chunks: readonly (readonly T[])[],
    /** Its own to change; undefined for a table that others may have. */
    private readonly own?: readonly T[][],
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
    return position === undefined ? undefined : this.chunks[position >> chunkBits]?.[position & (chunkSize - 1)];
  }

  /** A table of nothing. */
  emptied(): SiteTable<T> {
    return SiteTable.of<T>([]);
  }

  /** A table with another value for one of its sites. @throws Error for a site that is not in the table. */
  with(name: string, value: T): SiteTable<T> {
    const position = this.positions.get(name);
    if (position === undefined) throw new Error(`site ${JSON.stringify(name)} is not in this rollout`);
    const [index, place] = [position >> chunkBits, position & (chunkSize - 1)];
    const own = this.own?.[index];
    if (own !== undefined) {
      own[place] = value;
      return this;
    }
    const chunk = (this.chunks[index] ?? []).with(place, value);
    return new SiteTable(this.positions, this.chunks.with(index, chunk));
  }

  /**
   * A copy that `with` changes in place, for who folds thousands of events and shows none of the states between. It must
   * not be used any more once it is settled.
   */
  draft(): SiteTable<T> {
    const own = this.chunks.map((chunk) => [...chunk]);
    return new SiteTable(this.positions, own, own);
  }

  /** The table that a draft has become, which is never changed again. */
  settled(): SiteTable<T> {
    return new SiteTable(this.positions, this.chunks);
  }

  /** In the order of waves, and of starts within a wave. */
  *values(): IterableIterator<T> {
    for (const chunk of this.chunks) yield* chunk;
  }
}
