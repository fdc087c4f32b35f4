import { type ChartService, noSiteValues } from "../service";
import { shareOf } from "../sizing";

/** Certificates. Its three pods share evenly what the profile gives it. */
export const certManager: ChartService = {
  name: "cert-manager",
  component: "cert-manager",
  namespace: "cert-manager",
  podSecurity: "baseline",
  after: [],
  workloads: ["cert-manager"],
  baseValues: () => ({
    crds: { enabled: true, keep: true },
    global: { leaderElection: { namespace: "cert-manager" } },
    // Flux waits for the pods itself, and the check's image is one more to carry over the air gap.
    startupapicheck: { enabled: false },
  }),
  profileValues: (sizes) => {
    const whole = sizes("cert-manager");
    if (whole === undefined) return {};
    const resources = shareOf(whole, 1 / 3);
    return {
      replicaCount: whole.replicas,
      resources,
      webhook: { replicaCount: whole.replicas, resources },
      cainjector: { replicaCount: whole.replicas, resources },
    };
  },
  siteValues: noSiteValues,
};
