import { findInSite } from "./findInSite";
import type { FromWorker, Shared, ToWorker } from "./messages";

/**
 * The worker's side: builds and judges sites, one at a time, for the process that forked this one, until that closes the
 * channel. The module that calls this ends its process when the promise resolves.
 * @throws Error if this process has no channel to a parent.
 */
export async function serveChecks(): Promise<void> {
  if (process.send === undefined) throw new Error("a worker is started by edgewave check, not by hand");
  const send = (message: FromWorker) =>
    process.connected && process.send?.(message, undefined, undefined, () => undefined);
  let shared: Shared | undefined;
  let last: Promise<unknown> = Promise.resolve();
  process.on("message", (received) => {
    const message = received as ToWorker;
    if (message.type === "begin") {
      shared = message.shared;
      return;
    }
    const { request } = message;
    // The SDK has one monitor a process, so sites wait for each other.
    last = last.then(async () => {
      if (shared !== undefined) send({ type: "done", answer: await findInSite(shared, request) });
    });
  });
  send({ type: "ready" });
  await new Promise<void>((resolve) => process.once("disconnect", () => resolve()));
}
