import { componentOf, spellingsOf, type CatalogComponent, type ValuePath } from "../../catalog";
import type { Release } from "../../fleet/model";
import type { Values } from "./service";

/** An image as kustomize replaces it: what is named `name`, by whatever tag, becomes `newName@digest`. */
interface ImagePin {
  readonly name: string;
  readonly newName?: string;
  readonly digest: string;
}

/**
 * The images of a component's chart by the digests of the release's lock, whatever keys the chart has for them: Flux puts
 * them into what the chart has made. Empty while the release is not locked.
 */
export function imagePins(release: Release, component: string): readonly ImagePin[] {
  return lockedImages(componentOf(release, component), release)
    .flatMap(({ repository, digest }) =>
      spellingsOf(repository).map((name): ImagePin =>
        name === repository ? { name, digest } : { name, newName: repository, digest },
      ),
    )
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Values by which a chart names the images that it hands to an operator; they are in no container that it makes. */
export function operatorImageValues(release: Release, component: string): Values {
  const found = componentOf(release, component);
  const paths = found.chart?.operatorImages ?? {};
  return lockedImages(found, release).reduce<Values>((values, { image, digest }) => {
    const path = Object.hasOwn(paths, image) ? paths[image] : undefined;
    return path === undefined ? values : withValue(values, path, digest.replace("sha256:", ""));
  }, {});
}

function lockedImages({ images }: CatalogComponent, { lock }: Release) {
  return Object.entries(images).flatMap(([image, { repository }]) => {
    const digest = lock?.digests[repository]?.index;
    return digest === undefined ? [] : [{ image, repository, digest }];
  });
}

/** The values with another one at the path; mappings on the way are kept. */
function withValue(values: Values, [key, ...rest]: ValuePath | readonly string[], value: string): Values {
  if (key === undefined) return values;
  const inner = (values[key] ?? {}) as Values;
  return { ...values, [key]: rest.length === 0 ? value : withValue(inner, rest, value) };
}
