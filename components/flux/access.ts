import type { ResolvedSite } from "../../fleet/model";
import { tcp } from "../pods/traffic";
import { flux, webhookReceiver } from "./address";
import type { Controller } from "./controllers";

const groups = ["source", "kustomize", "helm", "notification"].map((name) => `${name}.toolkit.fluxcd.io`);
const change = ["create", "update", "patch", "delete"];
const look = ["get", "list", "watch"];

/** Rights that every controller needs, as in `manifests/rbac/controller.yaml` of fluxcd/flux2. */
export const controllerRules = [
  ...groups.map((group) => ({ apiGroups: [group], resources: ["*"], verbs: ["*"] })),
  { apiGroups: [""], resources: ["namespaces", "secrets", "configmaps", "serviceaccounts"], verbs: look },
  { apiGroups: [""], resources: ["events"], verbs: ["create", "patch"] },
  { apiGroups: [""], resources: ["configmaps"], verbs: [...look, ...change] },
  { apiGroups: [""], resources: ["configmaps/status"], verbs: ["get", "update", "patch"] },
  { apiGroups: ["coordination.k8s.io"], resources: ["leases"], verbs: [...look, ...change] },
  { apiGroups: [""], resources: ["serviceaccounts/token"], verbs: ["create"] },
  { nonResourceURLs: ["/livez/ping"], verbs: ["head"] },
];

const subject = ({ object }: Controller) => ({ kind: "ServiceAccount", name: object, namespace: flux.namespace });

/** Everyone who gets `controllerRules`. */
export function controllerSubjects(controllers: readonly Controller[]) {
  return controllers.map(subject);
}

/** Those who apply whatever Git holds and so need every right. */
export function reconcilerSubjects(controllers: readonly Controller[]) {
  return controllers.filter(({ name }) => name === "kustomize" || name === "helm").map(subject);
}

/** Policies by name: each other and the site's own addresses, never the internet; metrics and webhooks in. */
export function networkPolicies(site: ResolvedSite, controllers: readonly Controller[]) {
  const { network, bastion } = site;
  const cidrs = [network.nodeCidr, network.podCidr, network.serviceCidr, `${bastion.address}/32`, "169.254.25.10/32"];
  const everywhere = [{ namespaceSelector: {} }];
  const withWebhooks = controllers.some(({ name }) => name === "notification");
  return [
    {
      name: "within-site",
      spec: {
        podSelector: {},
        policyTypes: ["Ingress", "Egress"],
        ingress: [{ from: [{ podSelector: {} }] }],
        egress: [{ to: cidrs.map((cidr) => ({ ipBlock: { cidr } })) }],
      },
    },
    {
      name: "allow-scraping",
      spec: { podSelector: {}, policyTypes: ["Ingress"], ingress: [{ from: everywhere, ports: [tcp(8080)] }] },
    },
    ...(withWebhooks
      ? [
          {
            name: "allow-webhooks",
            spec: {
              podSelector: { matchLabels: flux.labels("notification-controller") },
              policyTypes: ["Ingress"],
              ingress: [{ from: everywhere, ports: [tcp(webhookReceiver.port)] }],
            },
          },
        ]
      : []),
  ];
}
