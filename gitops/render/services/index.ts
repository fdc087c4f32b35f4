import type { ResolvedSite } from "../../../fleet/model";
import { type Profile, workloadsOf } from "../../../profiles";
import type { PlatformService } from "../service";
import { alloy } from "./alloy";
import { certManager } from "./certManager";
import { kubePrometheusStack } from "./kubePrometheusStack";
import { kyverno } from "./kyverno";
import { loki } from "./loki";
import { strimzi } from "./strimzi";
import { velero } from "./velero";
import { versitygw } from "./versitygw";

/** Every service that a site can have, in order of name. */
export const platformServices: readonly PlatformService[] = [
  alloy,
  certManager,
  kubePrometheusStack,
  kyverno,
  loki,
  strimzi,
  velero,
  versitygw,
].sort((a, b) => (a.name < b.name ? -1 : 1));

/** The services of a site, in order of name: those whose main part its profile and its ingestion buffer turn on. */
export function servicesOf(site: Pick<ResolvedSite, "ingestion">, profile: Profile): readonly PlatformService[] {
  const running = workloadsOf(profile, site.ingestion.buffer);
  return platformServices.filter(({ workloads: [main] }) => running[main] !== undefined);
}
