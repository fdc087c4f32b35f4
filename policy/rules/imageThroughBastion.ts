import { imageParts, imagesOf } from "../objects/images";
import { mirroredRegistries } from "../objects/release";
import { shown } from "../objects/json";
import type { ResourceRule } from "../rule";
import { fromRelease, violation } from "../violation";

export const imageThroughBastion: ResourceRule = {
  name: "image-through-bastion",
  area: "images",
  scope: "resource",
  description:
    "Every image comes from the bastion's registry: by its own name, or by one that containerd mirrors to it.",
  why: "A node asks no other registry. An image of a registry without a mirror is never pulled, and its pod never starts.",
  fix: "Use an image of the release's catalog, or name it by the bastion's registry.",
  level: "mandatory",
  check: (resource, { site, release }) => {
    if (site === undefined || release === undefined) return [];
    const images = imagesOf(resource);
    if (images.length === 0) return [];
    const bastion = `${site.bastion.host}:${site.bastion.registryPort}`;
    const mirrored = new Set([bastion, ...mirroredRegistries(release)]);
    return images
      .filter(({ reference }) => reference !== "" && !mirrored.has(imageParts(reference).registry))
      .map(({ path, reference }) =>
        violation(resource, {
          field: path,
          value: shown(reference),
          limit: `the registry is ${bastion} or one that is mirrored: ${[...mirrored].slice(1).join(", ")}`,
          from: fromRelease("components"),
        }),
      );
  },
};
