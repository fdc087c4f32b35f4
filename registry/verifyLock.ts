import type { Architecture, LockedImage } from "../fleet/model";
import type { RegistryClient } from "./client";
import { orFailure, RegistryFailure } from "./failure";
import { resolveImage, type WantedImage } from "./resolve";

const architectures: readonly Architecture[] = ["amd64", "arm64"];

/**
 * Asks the registry again for what is locked: by digest, whether it is still there; by tag, whether it still is what the
 * tag names.
 * @returns what is wrong; nothing if all is as it was locked
 * @throws what aborted the signal
 */
export async function verifyImage(
  client: Pick<RegistryClient, "manifest" | "blob">,
  image: WantedImage,
  locked: LockedImage,
  signal: AbortSignal,
): Promise<RegistryFailure[]> {
  const there = await orFailure(stillThere(client, image, locked, signal));
  const now = await orFailure(resolveImage(client, image, signal));
  const moved = now instanceof RegistryFailure ? now : difference(image, locked, now);
  const found = [there, moved].filter((one) => one instanceof RegistryFailure);
  // What is wrong with the registry is said once.
  return found.filter(({ message }, index) => found.findIndex((other) => other.message === message) === index);
}

async function stillThere(
  client: Pick<RegistryClient, "manifest">,
  { repository, tag }: WantedImage,
  locked: LockedImage,
  signal: AbortSignal,
): Promise<void> {
  const digests = new Set([locked.index, ...architectures.flatMap((architecture) => locked[architecture] ?? [])]);
  const gone: string[] = [];
  for (const digest of digests) {
    try {
      await client.manifest(repository, digest, signal);
    } catch (error) {
      if (!(error instanceof RegistryFailure) || error.code !== "EDGE-LOCK-001") throw error;
      gone.push(digest);
    }
  }
  if (gone.length === 0) return;
  const message = `${repository}:${tag} was locked as ${gone.join(" and ")}, which the registry no longer has`;
  throw new RegistryFailure("EDGE-LOCK-008", message);
}

/** @returns how what a tag names now differs from what was locked; undefined if it does not. */
export function difference(
  { repository, tag }: WantedImage,
  locked: LockedImage,
  now: LockedImage,
): RegistryFailure | undefined {
  const changed = (["index", ...architectures] as const).filter((part) => locked[part] !== now[part]);
  if (changed.length === 0) return undefined;
  const parts = changed.map((part) => `${part} ${locked[part] ?? "nothing"} and is ${now[part] ?? "nothing"} now`);
  return new RegistryFailure("EDGE-LOCK-007", `${repository}:${tag} was ${parts.join("; ")}`);
}
