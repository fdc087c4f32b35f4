import type { ResolvedSite } from "../../../fleet/model";
import { askedBy, type Profile, workloadsOf } from "../../../profiles";
import type { PlatformService } from "../service";
import { certManager } from "./certManager";
import { dex } from "./dex";
import { kubePrometheusStack } from "./kubePrometheusStack";
import { grafana } from "./grafana";
import { kyverno } from "./kyverno";
import { kyvernoPolicies } from "./kyvernoPolicies";
import { logCollector } from "./logCollector";
import { loki } from "./loki";
import { strimzi } from "./strimzi";
import { velero } from "./velero";
import { versitygw } from "./versitygw";

/** Every service that a site can have, in order of name. */
export const platformServices: readonly PlatformService[] = [
  certManager,
  dex,
  kubePrometheusStack,
  grafana,
  kyverno,
  kyvernoPolicies,
  logCollector,
  loki,
  strimzi,
  velero,
  versitygw,
].sort((a, b) => (a.name < b.name ? -1 : 1));

/**
 * The services of a site, in order of name: those whose main part its profile, its ingestion buffer and what it asks for
 * turn on, and those without a part of their own that follow one of them.
 */
export function servicesOf(
  site: Pick<ResolvedSite, "identity" | "ingestion" | "platform">,
  profile: Profile,
): readonly PlatformService[] {
  const running = workloadsOf(profile, site.ingestion.buffer, askedBy(site));
  const own = platformServices.filter(
    ({ workloads }) => workloads !== undefined && running[workloads[0]] !== undefined,
  );
  const names = new Set(own.map(({ name }) => name));
  return platformServices.filter(
    (service) =>
      names.has(service.name) || (service.workloads === undefined && service.after.every((name) => names.has(name))),
  );
}
