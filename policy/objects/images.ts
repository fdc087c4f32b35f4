import { once } from "./once";
import { helmValues, kubernetesObject, type Resource } from "../resource";
import { leaves, mappings, text, type Step } from "./json";
import { containersOf, podSource } from "./pods";

/** An image as a resource names it. */
export interface NamedImage {
  readonly path: readonly Step[];
  /** As written, such as `docker.io/library/rabbitmq:4.3.5`. */
  readonly reference: string;
}

/** Every image that a resource runs. An image that a chart chooses by itself is not among them. */
export const imagesOf = once((resource: Resource): readonly NamedImage[] => {
  const pod = podSource(resource);
  if (pod !== undefined) {
    return containersOf(pod).map(({ path, container }) => ({
      path: [...path, "image"],
      reference: text(container["image"]) ?? "",
    }));
  }
  const object = kubernetesObject(resource);
  if (object?.group === "kafka.strimzi.io") {
    return [...leaves(object.object)]
      .filter(([path, value]) => path.at(-1) === "image" && typeof value === "string")
      .map(([path, value]) => ({ path, reference: value as string }));
  }
  return helmImages(resource);
});

/** Charts name an image by one text, or by `registry`, `repository`, `tag` and `digest`. */
function helmImages(resource: Resource): readonly NamedImage[] {
  const helm = helmValues(resource);
  if (helm === undefined) return [];
  const images: NamedImage[] = [];
  for (const [path, part] of mappings(helm.values)) {
    const image = part["image"];
    if (typeof image === "string") images.push({ path: ["values", ...path, "image"], reference: image });
    if (path.at(-1) !== "image") continue;
    const repository = text(part["repository"]);
    if (repository === undefined) continue;
    const registry = text(part["registry"]);
    const name = registry ? `${registry}/${repository}` : repository;
    const digest = text(part["digest"]) || text(part["sha"]);
    const tag = text(part["tag"]);
    // Without a tag the chart's own version decides, which the release's catalog pins.
    if (!digest && !tag) continue;
    images.push({ path: ["values", ...path], reference: digest ? `${name}@${digest}` : `${name}:${tag}` });
  }
  return images;
}

export interface ImageParts {
  /** With its registry; `docker.io` and `library/` are filled in as containerd does. */
  readonly repository: string;
  readonly registry: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

/** Takes a reference apart, by the rules of the distribution project's `reference` package. */
export function imageParts(reference: string): ImageParts {
  const [named = "", digest] = reference.split("@", 2);
  const colon = named.lastIndexOf(":");
  const hasTag = colon > named.lastIndexOf("/");
  const name = hasTag ? named.slice(0, colon) : named;
  const tag = hasTag ? named.slice(colon + 1) : undefined;
  const [first = "", ...rest] = name.split("/");
  const hasRegistry = rest.length > 0 && (first.includes(".") || first.includes(":") || first === "localhost");
  const registry = hasRegistry ? first : "docker.io";
  const path = hasRegistry ? rest.join("/") : rest.length === 0 ? `library/${name}` : name;
  return { repository: `${registry}/${path}`, registry, tag, digest };
}
