import { imageParts, imagesOf } from "../objects/images";
import { componentsByImage } from "../objects/release";
import { shown } from "../objects/json";
import type { ResourceRule } from "../rule";
import { fromSite, violation } from "../violation";

export const imageArchitecture: ResourceRule = {
  name: "image-architecture",
  area: "images",
  scope: "resource",
  description: "An image is there for the site's architecture, and a digest is that architecture's.",
  why: "A pod with an image of another architecture ends with `exec format error` on every start.",
  fix: "Choose a version that is published for the architecture, or lock the release again.",
  level: "mandatory",
  check: (resource, { site, release }) => {
    if (site === undefined || release === undefined) return [];
    const { architecture } = site;
    return imagesOf(resource).flatMap(({ path, reference }) => {
      const { repository, digest } = imageParts(reference);
      const refuse = (limit: string) =>
        violation(resource, { field: path, value: shown(reference), limit, from: fromSite("architecture") });
      const component = componentsByImage(release).get(repository)?.[0];
      if (component !== undefined && !component.architectures.includes(architecture)) {
        const built = component.architectures.join(", ");
        return [
          refuse(`the site is ${architecture}, and ${component.name} ${component.version} is built for ${built}`),
        ];
      }
      const locked = release.lock?.digests[repository];
      if (digest === undefined || locked === undefined || locked[architecture] === digest) return [];
      // The index leads each node to its own architecture, if it has it.
      if (digest === locked.index && locked[architecture] !== undefined) return [];
      const other = (["amd64", "arm64"] as const).find((known) => locked[known] === digest);
      return [
        refuse(
          `the lock of release ${release.name} has ${locked[architecture] ?? "no digest"} for ${architecture}` +
            (other === undefined ? "" : `, and this one for ${other}`),
        ),
      ];
    });
  },
};
