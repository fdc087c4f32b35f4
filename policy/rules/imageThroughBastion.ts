import type { AdmissionPlace } from "../admission/admission";
import type { Condition } from "../admission/condition";
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
  admission: { conditionsAt: (place) => (place === undefined ? [] : conditionsAt(place)) },
  check: (resource, { site, release }) => {
    if (site === undefined || release === undefined) return [];
    const images = imagesOf(resource);
    if (images.length === 0) return [];
    const registries = registriesAt({ site, release });
    const known = new Set(registries);
    return images
      .filter(({ reference }) => reference !== "" && !known.has(imageParts(reference).registry))
      .map(({ path, reference }) =>
        violation(resource, {
          field: path,
          value: shown(reference),
          limit: limitOf(registries),
          from: fromRelease("components"),
        }),
      );
  },
};

/** The bastion's own first. */
function registriesAt({ site, release }: AdmissionPlace): readonly string[] {
  return [...new Set([`${site.bastion.host}:${site.bastion.registryPort}`, ...mirroredRegistries(release)])];
}

function limitOf([bastion, ...mirrored]: readonly string[]): string {
  return `the registry is ${bastion} or one that is mirrored: ${mirrored.join(", ")}`;
}

/** The same of a reference's text, as `imageParts` takes it apart. */
function conditionsAt(place: AdmissionPlace): readonly Condition[] {
  const registries = registriesAt(place);
  const named = registries.map((registry) => `${registry.replace(/[.]/g, "\\.")}/`);
  // A first part without a dot or a colon is no registry, and neither is a name alone.
  const short = registries.includes("docker.io") ? ["[^/.:@]+/", "[^/]+$"] : [];
  const image = { subject: "containers", path: ["image"], limit: limitOf(registries) } as const;
  return [
    { ...image, expect: { is: "matching", pattern: `^(?:${[...named, ...short].join("|")})` } },
    { ...image, expect: { is: "not matching", pattern: "^localhost/" } },
  ];
}
