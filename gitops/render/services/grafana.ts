import { componentOf } from "../../../catalog";
import type { ChartService } from "../service";
import { noSiteValues } from "../service";
import { resourcesFor } from "../sizing";

/** Dashboards on the site, where a site asks for them. Its administrator's login is in the Secret `grafana-admin`. */
export const grafana: ChartService = {
  name: "grafana",
  component: "grafana",
  namespace: "grafana",
  podSecurity: "baseline",
  after: ["kube-prometheus-stack", "loki"],
  workloads: ["grafana"],
  baseValues: (release) => ({
    image: { tag: componentOf(release, "grafana").images["grafana"]?.tag },
    admin: { existingSecret: "grafana-admin", userKey: "user", passwordKey: "password" },
    // Dashboards come with the release; each of these needs a further image.
    testFramework: { enabled: false },
    initChownData: { enabled: false },
    "grafana.ini": {
      analytics: { reporting_enabled: false, check_for_updates: false, check_for_plugin_updates: false },
      news: { news_feed_enabled: false },
      plugins: { plugin_admin_enabled: false },
    },
    datasources: {
      "datasources.yaml": {
        apiVersion: 1,
        datasources: [
          {
            name: "Prometheus",
            type: "prometheus",
            access: "proxy",
            isDefault: true,
            url: "http://prometheus-operated.monitoring.svc.cluster.local:9090",
          },
          { name: "Loki", type: "loki", access: "proxy", url: "http://loki.loki.svc.cluster.local:3100" },
        ],
      },
    },
  }),
  profileValues: (sizes) => resourcesFor(sizes("grafana")),
  siteValues: noSiteValues,
};
