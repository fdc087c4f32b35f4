import { admissionPolicies, admissionPolicyNames, type AdmissionPolicy } from "../../../policy/admission/kyverno";
import { platformNamespaces } from "../platformNamespaces";
import type { ManifestService, SiteInputs } from "../service";

const signed = "signed-images";

/**
 * The fleet's rules for what runs beside the platform, as far as admission can judge them: the same that
 * `edgewave check` and the CrossGuard pack hold a site to, and image signatures by key.
 */
export const kyvernoPolicies: ManifestService = {
  name: "kyverno-policies",
  namespace: undefined,
  // Its Helm release brings the definitions of these kinds.
  after: ["kyverno"],
  workloads: undefined,
  names: [
    ...admissionPolicyNames.map((name) => ({ kind: "ValidatingPolicy", name })),
    { kind: "ClusterPolicy", name: signed },
  ],
  objects: (inputs) => [...rulesAt(inputs).map(withoutSubstitution), ...signedImages(inputs)],
};

function rulesAt({ site, release, profile, policy }: SiteInputs): readonly AdmissionPolicy[] {
  return admissionPolicies({
    policy,
    place: { site, release },
    deny: policy?.admission !== "audit",
    except: platformNamespaces,
    // One pod that is away must not keep a site from starting what it has; where another is there, nothing gets past.
    failurePolicy: (profile.workloads.kyverno?.replicas ?? 1) > 1 ? "Fail" : "Ignore",
  });
}

/** Expressions have what looks like Flux's variables. */
const asWritten = { "kustomize.toolkit.fluxcd.io/substitute": "disabled" };

function withoutSubstitution(policy: AdmissionPolicy): AdmissionPolicy {
  const { metadata } = policy;
  return { ...policy, metadata: { ...metadata, annotations: { ...metadata.annotations, ...asWritten } } };
}

/**
 * By key and without Rekor: a site without a link cannot ask a transparency log. While Kyverno does not answer, pods
 * beside the platform wait, on every profile: an image that nobody has verified must not start.
 */
function signedImages({ imageSigning }: SiteInputs): readonly object[] {
  if (imageSigning === undefined) return [];
  const { publicKeys, images } = imageSigning;
  const entries = publicKeys.map((key) => ({
    keys: { publicKeys: key, rekor: { ignoreTlog: true }, ctlog: { ignoreSCT: true } },
  }));
  return [
    {
      apiVersion: "kyverno.io/v1",
      kind: "ClusterPolicy",
      metadata: {
        name: signed,
        annotations: { "policies.kyverno.io/title": "Images are signed by one of the fleet's keys.", ...asWritten },
      },
      spec: {
        background: false,
        emitWarning: false,
        webhookConfiguration: { timeoutSeconds: 30 },
        rules: [
          {
            name: signed,
            match: { any: [{ resources: { kinds: ["Pod"], operations: ["CREATE", "UPDATE"] } }] },
            exclude: { any: [{ resources: { namespaces: platformNamespaces } }] },
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
        ],
      },
    },
  ];
}
