import { at, eachText, shown, text } from "../objects/json";
import { hostOf, hubHosts, isLocalHost, urlsOf } from "../objects/urls";
import { helmValues, kubernetesObject, type Resource } from "../resource";
import type { Context, ResourceRule } from "../rule";
import { fromFleet, violation } from "../violation";
import { allowedBy } from "./conditions";

export const noOutsideUrl: ResourceRule = {
  name: "no-outside-url",
  area: "offline",
  scope: "resource",
  description: "No address in a resource leaves the site, but for the hub's named ones.",
  why: "What asks the internet hangs or fails when the link is down, and tells strangers about the site when it is up.",
  fix: "Name a service of the site or of the hub, or carry the content in the release.",
  level: "mandatory",
  settings: {
    allowed: {
      type: "array",
      items: { type: "string" },
      description: "Further hosts that sites may name.",
      default: [],
    },
  },
  check: (resource, context) => {
    if (!isJudged(resource)) return [];
    const allowed = new Set([...hubHosts(context), ...allowedBy(context, "allowed")]);
    const limit = `a host is on the site${allowed.size === 0 ? "" : `, or one of ${[...allowed].join(", ")}`}`;
    return hostsOf(resource)
      .filter(({ host }) => !isLocalHost(host, context) && !allowed.has(host))
      .map(({ path, written }) =>
        violation(resource, { field: path, value: shown(written), limit, from: originOf(context, written) }),
      );
  },
};

/** Definitions of kinds have addresses in their descriptions only. */
function isJudged(resource: Resource): boolean {
  return kubernetesObject(resource)?.kind !== "CustomResourceDefinition";
}

function hostsOf(resource: Resource) {
  const root = helmValues(resource) ?? resource.props;
  const urls = urlsOf(root).map(({ path, url, host }) => ({ path, written: url, host }));
  const servers: { path: readonly (string | number)[]; written: string; host: string }[] = [];
  eachText(root, (value, path) => {
    if (path.at(-1) !== "bootstrapServers") return;
    for (const server of value.split(",")) {
      servers.push({ path: [...path], written: server, host: hostOf(server.trim()) });
    }
  });
  const externalName = text(at(resource.props, "spec", "externalName"));
  return [
    ...urls,
    ...servers,
    ...(externalName === undefined
      ? []
      : [{ path: ["spec", "externalName"], written: externalName, host: externalName.toLowerCase() }]),
  ];
}

function originOf({ fleet }: Context, written: string) {
  return fleet !== undefined && written.includes(fleet.domain) ? fromFleet("domain") : undefined;
}
