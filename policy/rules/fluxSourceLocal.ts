import { at, shown, text } from "../objects/json";
import { isLocalHost, urlsOf } from "../objects/urls";
import { kubernetesObject } from "../resource";
import type { ResourceRule } from "../rule";
import { violation } from "../violation";

export const fluxSourceLocal: ResourceRule = {
  name: "flux-source-local",
  area: "offline",
  scope: "resource",
  description: "Flux reads from the site's Gitea and the bastion's registry, never across the link.",
  why: "A source across the link is not ready while the link is down, and nothing that depends on it is corrected.",
  fix: "Mirror the repository or the chart to the site and name it there.",
  level: "mandatory",
  check: (resource, context) => {
    const object = kubernetesObject(resource);
    if (object?.group !== "source.toolkit.fluxcd.io") return [];
    const fields = [
      ["spec", "url"],
      ["spec", "endpoint"],
    ];
    return fields.flatMap((field) => {
      const written = text(at(object.object, ...field));
      if (written === undefined) return [];
      const host = urlsOf(written)[0]?.host ?? written.split(/[/:]/)[0] ?? "";
      if (isLocalHost(host, context)) return [];
      const limit = "the host is the site's Gitea or its bastion";
      return [violation(resource, { field, value: shown(written), limit })];
    });
  },
};
