import { upstreamRegistries } from "../../../catalog";
import type { ManifestService, SiteInputs } from "../service";

/** Namespaces of the platform, whose pods the release itself answers for. */
const platformNamespaces = [
  "cert-manager",
  "flux-system",
  "gitea",
  "grafana",
  "ingestion",
  "kube-system",
  "kyverno",
  "local-path-storage",
  "log-collector",
  "loki",
  "monitoring",
  "s3-gateway",
  "strimzi",
  "velero",
];

const names = ["known-registries", "no-latest-tag", "no-host-access", "memory-limits", "signed-images"] as const;

/** The fleet's rules for what runs beside the platform, as far as admission can judge them. */
export const kyvernoPolicies: ManifestService = {
  name: "kyverno-policies",
  namespace: undefined,
  after: ["kyverno"],
  workloads: undefined,
  names: names.map((name) => ({ kind: "ClusterPolicy", name })),
  objects: (inputs) => [
    policy("known-registries", "Images come from a registry that the bastion serves.", {
      message: "There is no such registry on the site; the bastion serves those that the release uses.",
      deny: {
        conditions: {
          any: ["containers", "initContainers", "ephemeralContainers"].map((containers) => ({
            key: `{{ images.${containers}.*.registry || \`[]\` }}`,
            operator: "AnyNotIn",
            value: registriesOf(inputs),
          })),
        },
      },
    }),
    policy("no-latest-tag", "Images are named by a version or a digest.", {
      message: "`latest`, or no tag at all, is another image tomorrow, and may not be on the bastion.",
      pattern: {
        spec: { containers: [{ image: "*:* & !*:latest" }], "=(initContainers)": [{ image: "*:* & !*:latest" }] },
      },
    }),
    policy("no-host-access", "Pods have nothing of the node's.", {
      message: "privileged containers, host namespaces and hostPath volumes are the platform's alone.",
      pattern: {
        spec: {
          "=(hostNetwork)": false,
          "=(hostPID)": false,
          "=(hostIPC)": false,
          "=(volumes)": [{ "X(hostPath)": "null" }],
          containers: [{ "=(securityContext)": { "=(privileged)": false } }],
          "=(initContainers)": [{ "=(securityContext)": { "=(privileged)": false } }],
        },
      },
    }),
    policy("memory-limits", "Containers say how much memory they take at most.", {
      message: "Without a limit one pod can take the node's memory from the platform.",
      pattern: { spec: { containers: [{ resources: { limits: { memory: "?*" } } }] } },
    }),
    ...signedImages(inputs),
  ],
};

function policy(name: (typeof names)[number], title: string, validate: object): object {
  return clusterPolicy(name, title, {
    match: pods,
    exclude: platform,
    validate: { failureAction: "Enforce", ...validate },
  });
}

const pods = { any: [{ resources: { kinds: ["Pod"], operations: ["CREATE", "UPDATE"] } }] };
const platform = { any: [{ resources: { namespaces: platformNamespaces } }] };

function clusterPolicy(name: string, title: string, rule: object, spec: object = {}): object {
  return {
    apiVersion: "kyverno.io/v1",
    kind: "ClusterPolicy",
    metadata: {
      name,
      annotations: {
        "policies.kyverno.io/title": title,
        // Kyverno's own variables look like Flux's.
        "kustomize.toolkit.fluxcd.io/substitute": "disabled",
      },
    },
    spec: { background: true, emitWarning: false, ...spec, rules: [{ name, ...rule }] },
  };
}

function registriesOf({ site, release }: SiteInputs): readonly string[] {
  const { host, registryPort } = site.bastion;
  return [...new Set([...upstreamRegistries(release), `${host}:${registryPort}`])].sort();
}

/** By key and without Rekor: a site without a link cannot ask a transparency log. */
function signedImages({ imageSigning }: SiteInputs): readonly object[] {
  if (imageSigning === undefined) return [];
  const { publicKeys, images } = imageSigning;
  const entries = publicKeys.map((key) => ({
    keys: { publicKeys: key, rekor: { ignoreTlog: true }, ctlog: { ignoreSCT: true } },
  }));
  return [
    clusterPolicy(
      "signed-images",
      "Images are signed by one of the fleet's keys.",
      {
        match: pods,
        verifyImages: [
          {
            imageReferences: [...images],
            failureAction: "Enforce",
            required: true,
            mutateDigest: true,
            verifyDigest: true,
            attestors: [{ count: 1, entries }],
          },
        ],
      },
      { background: false, webhookConfiguration: { timeoutSeconds: 30 } },
    ),
  ];
}
