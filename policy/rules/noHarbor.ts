import { imagesOf } from "../objects/images";
import { at, shown, text } from "../objects/json";
import { kubernetesObject } from "../resource";
import type { ResourceRule } from "../rule";
import { violation } from "../violation";

const harborImage = /(^|\/)goharbor\//;
const harborChart = /(^|\/)harbor$/;

export const noHarbor: ResourceRule = {
  name: "no-harbor",
  area: "images",
  scope: "resource",
  description: "No Harbor runs at a site.",
  why: "Harbor takes several GiB of memory, a database and a cache; the bastion's registry serves the same images without them.",
  fix: "Remove it: containerd's mirrors lead to the bastion's registry.",
  level: "mandatory",
  check: (resource) => {
    const limit = "a site's images come from its bastion, without Harbor";
    const images = imagesOf(resource)
      .filter(({ reference }) => harborImage.test(reference))
      .map(({ path, reference }) => violation(resource, { field: path, value: shown(reference), limit }));
    const object = kubernetesObject(resource)?.object;
    const charts = [
      ["spec", "chart", "spec", "chart"],
      ["spec", "url"],
    ].flatMap((path) => {
      const value = text(at(object, ...path));
      return value !== undefined && harborChart.test(value)
        ? [violation(resource, { field: path, value: shown(value), limit })]
        : [];
    });
    return [...images, ...charts];
  },
};
