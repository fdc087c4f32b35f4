import type { Architecture, LockedImage } from "../fleet/model";
import type { RegistryClient } from "./client";
import { orFailure, RegistryFailure } from "./failure";
import { resolveImage, type WantedImage, withSizes } from "./resolve";
import { severalAtOnce } from "./severalAtOnce";

export interface Locking<Image extends WantedImage> {
  readonly image: Image;
  /** What was resolved, or why it was not. */
  readonly result: LockedImage | RegistryFailure;
}

export interface LockOptions<Image extends WantedImage> {
  /** Architectures that an image has to have. */
  readonly architectures: (image: Image) => readonly Architecture[];
  /** Images asked for at a time. */
  readonly concurrency: number;
  /** What an earlier run has resolved. */
  readonly known?: (image: Image) => LockedImage | undefined;
  /** Told of each as it comes, in no order; awaited before the next one is asked for. */
  readonly onResult?: (locking: Locking<Image>, fresh: boolean) => Promise<void> | void;
  readonly signal: AbortSignal;
}

/**
 * Resolves images, several at a time. One failure does not end the others, so that all are told at once.
 * @returns in the order of `images`
 * @throws what aborted the signal
 */
export async function lockImages<Image extends WantedImage>(
  client: Pick<RegistryClient, "manifest" | "blob">,
  images: readonly Image[],
  { architectures, concurrency, known, onResult, signal }: LockOptions<Image>,
): Promise<Locking<Image>[]> {
  const results: Locking<Image>[] = [];
  await severalAtOnce(images, { concurrency, signal }, async (image, index) => {
    const earlier = known?.(image);
    const found =
      earlier === undefined ? orFailure(resolveImage(client, image, signal)) : sized(client, image, earlier, signal);
    const result = complete(image, await found, architectures(image));
    results[index] = { image, result };
    await onResult?.({ image, result }, earlier === undefined);
  });
  return results;
}

/** What is known already stays, also where its registry cannot be asked for the sizes that it lacks. */
async function sized(
  client: Pick<RegistryClient, "manifest">,
  image: WantedImage,
  known: LockedImage,
  signal: AbortSignal,
): Promise<LockedImage> {
  if (known.bytes !== undefined) return known;
  const found = await orFailure(withSizes(client, image, known, signal));
  return found instanceof RegistryFailure ? known : found;
}

function complete(
  { repository, tag }: WantedImage,
  result: LockedImage | RegistryFailure,
  architectures: readonly Architecture[],
): LockedImage | RegistryFailure {
  if (result instanceof RegistryFailure) return result;
  const missing = architectures.filter((architecture) => result[architecture] === undefined);
  if (missing.length === 0) return result;
  return new RegistryFailure("EDGE-LOCK-003", `${repository}:${tag} has no ${missing.join(" and no ")} manifest`);
}
