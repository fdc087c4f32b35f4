import { deployment, describeRule, helm, networkPolicy, object } from "../support";

const thing = "Deployment room/thing";
const spec = "spec.template.spec";
const secured = (securityContext: object) =>
  deployment({
    container: { securityContext: { privileged: false, allowPrivilegeEscalation: false, ...securityContext } },
  });
const named = { settings: { allowed: ["room/thing"] } };
const namespace = (labels: object, name = "room") => object("core/Namespace", { metadata: { name, labels } });
const enforce = "pod-security.kubernetes.io/enforce";
const binding = (subject: object) =>
  object("rbac.authorization.k8s.io/v1/ClusterRoleBinding", {
    metadata: { name: "b" },
    subjects: [{ kind: "ServiceAccount", ...subject }],
  });

describeRule("no-privileged", {
  passes: [
    ["a container without privileges", [deployment()]],
    ["one of the named list", [secured({ privileged: true })], named],
    ["Helm values that turn it off", [helm("a", { securityContext: { privileged: false } })]],
  ],
  refuses: [
    [
      "a privileged container",
      [secured({ privileged: true })],
      [thing, `${spec}.containers[0].securityContext.privileged`, "true", /named list/],
    ],
    [
      "one that may gain privileges",
      [secured({ allowPrivilegeEscalation: undefined })],
      [thing, `${spec}.containers[0].securityContext.allowPrivilegeEscalation`, "missing", /is false/],
    ],
    [
      "Helm values that turn it on",
      [helm("a", { agent: { securityContext: { privileged: true } } })],
      ["HelmValues a", "values.agent.securityContext.privileged", "true", /named list/],
    ],
  ],
});

describeRule("no-added-capabilities", {
  passes: [
    ["nothing added", [deployment()]],
    ["what the restricted level allows", [secured({ capabilities: { add: ["NET_BIND_SERVICE"] } })]],
    ["one of the named list", [secured({ capabilities: { add: ["SYS_TIME"] } })], named],
  ],
  refuses: [
    [
      "an added capability",
      [secured({ capabilities: { add: ["NET_ADMIN"] } })],
      [thing, `${spec}.containers[0].securityContext.capabilities.add`, '["NET_ADMIN"]', /NET_BIND_SERVICE/],
    ],
    [
      "one in Helm values",
      [helm("a", { securityContext: { capabilities: { add: ["NET_RAW"] } } })],
      ["HelmValues a", "values.securityContext.capabilities.add", '["NET_RAW"]', /NET_BIND_SERVICE/],
    ],
  ],
});

const volume = (source: object) => deployment({ pod: { containers: [], volumes: [{ name: "v", ...source }] } });

describeRule("no-host-path", {
  passes: [
    ["a volume that is none", [volume({ emptyDir: {} })]],
    ["one of the named list", [volume({ hostPath: { path: "/" } })], named],
  ],
  refuses: [
    [
      "a path of the node",
      [volume({ hostPath: { path: "/etc" } })],
      [thing, `${spec}.volumes[0].hostPath`, '{"path":"/etc"}', /no hostPath/],
    ],
  ],
});

describeRule("no-host-namespaces", {
  passes: [
    ["a pod of its own", [deployment()]],
    ["one of the named list", [deployment({ pod: { containers: [], hostPID: true } })], named],
  ],
  refuses: [
    [
      "the node's network",
      [deployment({ pod: { containers: [], hostNetwork: true } })],
      [thing, `${spec}.hostNetwork`, "true", /named list/],
    ],
    [
      "the node's processes",
      [deployment({ pod: { containers: [], hostPID: true } })],
      [thing, `${spec}.hostPID`, "true", /named list/],
    ],
    [
      "the network in Helm values",
      [helm("a", { hostNetwork: true })],
      ["HelmValues a", "values.hostNetwork", "true", /named list/],
    ],
  ],
});

describeRule("namespace-pod-security", {
  passes: [
    ["a restricted namespace", [namespace({ [enforce]: "restricted" })]],
    ["a baseline one", [namespace({ [enforce]: "baseline" })]],
    ["one of the named list", [namespace({ [enforce]: "privileged" }, "velero")]],
  ],
  refuses: [
    [
      "a privileged one",
      [namespace({ [enforce]: "privileged" })],
      ["Namespace room", `metadata.labels."${enforce}"`, '"privileged"', /baseline or restricted/],
    ],
    [
      "one without the label",
      [namespace({})],
      ["Namespace room", `metadata.labels."${enforce}"`, "missing", /baseline or restricted/],
    ],
  ],
});

describeRule("network-policies", {
  passes: [
    ["pods under a policy", [deployment(), networkPolicy()]],
    ["pods under one for all", [deployment(), networkPolicy({})]],
  ],
  refuses: [
    ["pods under none", [deployment()], [thing, "NetworkPolicy", "missing", /namespace room/]],
    [
      "a policy for others",
      [deployment(), networkPolicy({ app: "other" })],
      [thing, "NetworkPolicy", "missing", /namespace room/],
    ],
  ],
});

describeRule("service-account-token", {
  passes: [
    ["a pod without a token", [deployment()]],
    [
      "an account that has a role",
      [
        deployment({ pod: { containers: [], automountServiceAccountToken: true, serviceAccountName: "me" } }),
        binding({ name: "me", namespace: "room" }),
      ],
    ],
    [
      "an account that mounts none",
      [
        deployment({ pod: { containers: [], automountServiceAccountToken: undefined, serviceAccountName: "me" } }),
        object("core/ServiceAccount", {
          metadata: { name: "me", namespace: "room" },
          automountServiceAccountToken: false,
        }),
      ],
    ],
  ],
  refuses: [
    [
      "a token by default",
      [deployment({ pod: { containers: [], automountServiceAccountToken: undefined } })],
      [thing, `${spec}.automountServiceAccountToken`, "missing", /account default has no role/],
    ],
    [
      "a token of an account whose namesake elsewhere has a role",
      [
        deployment({ pod: { containers: [], automountServiceAccountToken: true, serviceAccountName: "me" } }),
        binding({ name: "me", namespace: "else" }),
      ],
      [thing, `${spec}.automountServiceAccountToken`, "true", /account me has no role/],
    ],
  ],
});
