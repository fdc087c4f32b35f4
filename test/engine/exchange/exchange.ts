import { officialMissing } from "../contract/engines";

// `npm run test:exchange` is there to prove the exchange: without the official CLI it must fail.
const required = process.env["npm_lifecycle_event"] === "test:exchange";

/** Tests that need both engines; without the official one they are skipped with the reason, or fail if it is required. */
export function describeExchange(title: string, define: () => void): void {
  const skipped = officialMissing !== undefined && !required;
  const declare = skipped ? describe.skip : describe;
  const why = skipped ? `, skipped: ${officialMissing}` : "";
  declare(`${title}${why}`, function () {
    this.timeout(300_000);
    define();
  });
}
