/** Keeps one stream's bytes and hands out its lines. */
export class Collector {
  private readonly chunks: Buffer[] = [];
  private readonly decoder = new TextDecoder("utf-8");
  private pending = "";

  constructor(
    private readonly stream: "stdout" | "stderr",
    private readonly both: Buffer[],
    private readonly onLine: (stream: "stdout" | "stderr", line: string) => void,
  ) {}

  add(chunk: Buffer): void {
    this.chunks.push(chunk);
    this.both.push(chunk);
    const lines = (this.pending + this.decoder.decode(chunk, { stream: true })).split("\n");
    this.pending = lines.pop() ?? "";
    for (const line of lines) this.onLine(this.stream, line.replace(/\r$/, ""));
  }

  end(): void {
    if (this.pending !== "") this.onLine(this.stream, this.pending);
    this.pending = "";
  }

  text(): string {
    return Buffer.concat(this.chunks).toString("utf8");
  }
}
