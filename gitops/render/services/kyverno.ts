import { platformNamespaces } from "../platformNamespaces";
import { type ChartService, noSiteValues } from "../service";
import { shareOf } from "../sizing";

/** Admission policy. Two fifths of its size go to the admission controller, as in the chart's own requests. */
export const kyverno: ChartService = {
  name: "kyverno",
  component: "kyverno",
  namespace: "kyverno",
  podSecurity: "baseline",
  after: [],
  workloads: ["kyverno"],
  baseValues: () => ({
    // Both hooks run images that no release carries; Flux upgrades the CRDs, and an uninstall is not a site's business.
    crds: { migration: { enabled: false } },
    webhooksCleanup: { enabled: false },
    // Sigstore's public root of trust is fetched from the internet.
    features: { tuf: { enabled: false } },
    // The API server asks nobody about the platform, so that it comes up while Kyverno is away. The chart adds Kyverno's own.
    config: {
      webhooks: {
        namespaceSelector: {
          matchExpressions: [
            { key: "kubernetes.io/metadata.name", operator: "NotIn", values: [...platformNamespaces] },
          ],
        },
      },
    },
  }),
  profileValues: (sizes) => {
    const whole = sizes("kyverno");
    if (whole === undefined) return {};
    const admission = { resources: shareOf(whole, 2 / 5) };
    const small = { resources: shareOf(whole, 1 / 5) };
    return {
      admissionController: { replicas: whole.replicas, container: admission, initContainer: admission },
      backgroundController: small,
      cleanupController: small,
      reportsController: small,
    };
  },
  siteValues: noSiteValues,
};
