/** What Dex keeps in the cluster (dexidp/dex, scripts/manifests/crds, v2.45.1): kind and plural, as Dex spells them. */
const kinds = [
  ["AuthCode", "authcodes"],
  ["AuthRequest", "authrequests"],
  ["Connector", "connectors"],
  ["DeviceRequest", "devicerequests"],
  ["DeviceToken", "devicetokens"],
  ["OAuth2Client", "oauth2clients"],
  ["OfflineSessions", "offlinesessionses"],
  ["Password", "passwords"],
  ["RefreshToken", "refreshtokens"],
  ["SigningKey", "signingkeies"],
] as const;

export const dexGroup = "dex.coreos.com";

/** Their definitions: Dex itself may not make any, so that its account needs no right beyond its namespace. */
export const dexDefinitions = kinds.map(([kind, plural]) => ({
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: {
    name: `${plural}.${dexGroup}`,
    // Signing keys and logins go with the definitions; a service that is switched off keeps them.
    annotations: { "kustomize.toolkit.fluxcd.io/prune": "disabled" },
  },
  spec: {
    group: dexGroup,
    names: { kind, listKind: `${kind}List`, plural, singular: kind.toLowerCase() },
    scope: "Namespaced",
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
      },
    ],
  },
}));
