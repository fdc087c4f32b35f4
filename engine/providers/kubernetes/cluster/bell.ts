/** Wakes the one who waits for news: a ring that came before is not lost. */
export class Bell {
  private rung = false;
  private wake: (() => void) | undefined;

  ring(): void {
    this.rung = true;
    this.wake?.();
  }

  /** Returns at the next ring, or after so many milliseconds. @throws the signal's reason when that is aborted. */
  async wait(milliseconds: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (!this.rung) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(done, milliseconds);
        const wake = done;
        function done(): void {
          clearTimeout(timer);
          signal.removeEventListener("abort", wake);
          resolve();
        }
        this.wake = wake;
        signal.addEventListener("abort", wake);
      });
    }
    this.wake = undefined;
    this.rung = false;
    signal.throwIfAborted();
  }
}
