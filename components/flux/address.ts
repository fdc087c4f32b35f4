/** Where Flux is on every site. */
export const flux = {
  namespace: "flux-system",
  /** Secret with the site's age key, by which SOPS' files in Git are read; `*.agekey` in it are read. */
  decryptionSecret: "sops-age",
  /** Labels that Flux's own manifests give each controller's pod. */
  labels: (controller: string) => ({ app: controller }),
} as const;

/** Of every object that edgewave gives to Flux. */
export const partOfFlux = { "app.kubernetes.io/part-of": "flux" } as const;

/** Where Gitea's webhooks go, so that Flux need not wait for its interval. */
export const webhookReceiver = {
  service: "webhook-receiver",
  host: "webhook-receiver.flux-system.svc.cluster.local",
  /** Of the notification controller's container. */
  port: 9292,
} as const;
