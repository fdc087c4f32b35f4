import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { dirname } from "node:path";

/**
 * What an engine says about one site's runs, appended to a file line by line. Only whole lines are written, since a
 * secret that is cut in two by a chunk's end would pass unmasked.
 */
export class SiteLog {
  private readonly descriptor: number;
  private partial = "";

  constructor(
    file: string,
    private readonly mask: (text: string) => string,
  ) {
    mkdirSync(dirname(file), { recursive: true });
    this.descriptor = openSync(file, "a", 0o600);
  }

  /** Takes a piece of output as it comes. */
  readonly write = (chunk: string): void => {
    const lines = (this.partial + chunk).split("\n");
    this.partial = lines.pop() ?? "";
    for (const line of lines) this.put(line);
  };

  /** A line of the runner's own, with the time. */
  note(text: string): void {
    this.flush();
    this.put(`[${new Date().toISOString()}] ${text}`);
  }

  close(): void {
    this.flush();
    closeSync(this.descriptor);
  }

  private flush(): void {
    if (this.partial !== "") this.put(this.partial);
    this.partial = "";
  }

  private put(line: string): void {
    writeSync(this.descriptor, `${this.mask(line)}\n`);
  }
}
