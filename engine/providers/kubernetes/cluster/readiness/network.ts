import { isList, isMap } from "../../../../property/shape";
import type { PropertyMap } from "../../../../property/value";
import { textAt } from "../../kinds";
import { READY, specOf, statusOf, waiting } from "./status";
import type { Readiness } from "./status";

/** The address of a load balancer; what is behind it is another question, see `Endpoints`. */
export function service(live: PropertyMap): Readiness {
  if (textAt(specOf(live), "type") !== "LoadBalancer") return READY;
  return hasAddress(live) ? READY : waiting("it has no address of a load balancer yet");
}

export function ingress(live: PropertyMap): Readiness {
  return hasAddress(live) ? READY : waiting("no ingress controller has given it an address yet");
}

/** Whether a service is to be ready only when the pods behind it are: not without a selector, nor headless. */
export function waitsForPods(live: PropertyMap): boolean {
  const spec = specOf(live);
  const { selector } = spec;
  if (textAt(spec, "type") === "ExternalName" || textAt(spec, "clusterIP") === "None") return false;
  return isMap(selector) && Object.keys(selector).length > 0;
}

/** How many endpoints are ready in these EndpointSlices, and how many may still come to be. */
export function endpointsIn(slices: readonly PropertyMap[]): { readonly ready: number; readonly pending: number } {
  const endpoints = slices.flatMap((slice) => (isList(slice["endpoints"]) ? slice["endpoints"].filter(isMap) : []));
  const conditions = endpoints.map((endpoint) => (isMap(endpoint["conditions"]) ? endpoint["conditions"] : {}));
  const unready = conditions.filter((condition) => condition["ready"] === false);
  const pending = unready.filter((condition) => condition["terminating"] !== true);
  return { ready: endpoints.length - unready.length, pending: pending.length };
}

/** Names of the services that an ingress's rules send requests to. */
export function backendsOf(live: PropertyMap): readonly string[] {
  const { rules } = specOf(live);
  const paths = (isList(rules) ? rules.filter(isMap) : []).flatMap((rule) => {
    const http = isMap(rule["http"]) ? rule["http"] : {};
    return isList(http["paths"]) ? http["paths"].filter(isMap) : [];
  });
  const names = paths.map((path) => {
    const backend = isMap(path["backend"]) ? path["backend"] : {};
    return isMap(backend["service"]) ? textAt(backend["service"], "name") : "";
  });
  return [...new Set(names)].filter((name) => name !== "");
}

function hasAddress(live: PropertyMap): boolean {
  const balancer = statusOf(live)["loadBalancer"];
  return isMap(balancer) && isList(balancer["ingress"]) && balancer["ingress"].length > 0;
}
