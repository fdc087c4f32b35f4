/** A queue between many senders and the driver's one loop. */
export class Mailbox<T> {
  private readonly items: T[] = [];
  private wake: (() => void) | undefined;

  get isEmpty(): boolean {
    return this.items.length === 0;
  }

  send(item: T): void {
    this.items.push(item);
    this.wake?.();
  }

  /** All that has arrived, in order; waits until there is something. */
  async receive(): Promise<T[]> {
    if (this.items.length === 0) await new Promise<void>((resolve) => (this.wake = resolve));
    this.wake = undefined;
    return this.items.splice(0);
  }
}
