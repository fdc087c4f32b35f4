import { imageParts, imagesOf } from "../objects/images";
import { componentsByImage } from "../objects/release";
import { shown } from "../objects/json";
import type { ResourceRule } from "../rule";
import { fromRelease, violation } from "../violation";

export const imageInCatalog: ResourceRule = {
  name: "image-in-catalog",
  area: "supply",
  scope: "resource",
  description: "Every image is one of the release's components, at the release's version.",
  why: "Only what the release names is carried to the bastions; anything else is not there when the link is down, and nobody has looked at it.",
  fix: "Add the component to the catalog and to the release, or use the version that the release has.",
  level: "mandatory",
  check: (resource, { release }) => {
    if (release === undefined) return [];
    return imagesOf(resource).flatMap(({ path, reference }) => {
      const { repository, tag, digest } = imageParts(reference);
      const refuse = (limit: string) => [
        violation(resource, { field: path, value: shown(reference), limit, from: fromRelease("components") }),
      ];
      const components = componentsByImage(release).get(repository) ?? [];
      const known = components
        .flatMap(({ images }) => Object.values(images))
        .filter((image) => image.repository === repository);
      if (known.length === 0) return refuse(`release ${release.name} has no component with this image`);
      if (tag !== undefined && !known.some((image) => image.tag === tag)) {
        return refuse(`release ${release.name} has it at ${known.map((image) => image.tag).join(", ")}`);
      }
      const locked = release.lock?.digests[repository];
      if (digest !== undefined && locked !== undefined && !Object.values(locked).includes(digest)) {
        return refuse(`the lock of release ${release.name} has no such digest`);
      }
      return [];
    });
  },
};
