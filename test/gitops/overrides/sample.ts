import type { Override } from "../../../fleet/overrides";

/** An override with what is given, for one site unless it says otherwise. */
export function anOverride(parts: Partial<Override> & { readonly name: string }): Override {
  return {
    scope: { layer: "site", site: "porto" },
    patches: [],
    objects: [],
    source: { file: `overrides/${parts.name}.yaml`, line: 1 },
    ...parts,
  };
}

/** A strategic merge patch at line 7. */
export function mergePatch(
  kind: string,
  name: string,
  merge: Record<string, unknown>,
  file = "x",
): Override["patches"][number] {
  return {
    target: { kind, name },
    change: { type: "merge", merge },
    source: { file: `overrides/${file}.yaml`, line: 7 },
  };
}

export const everyProfile = ["micro", "mini", "standard", "ha-edge"] as const;

/** Overrides of all three layers and both kinds of patch, and an object more. */
export const someOverrides: readonly Override[] = [
  anOverride({
    name: "a-site",
    patches: [
      mergePatch(
        "HelmRelease",
        "loki",
        { spec: { values: { loki: { limits_config: { retention_period: "200h" } } } } },
        "a-site",
      ),
      {
        target: { kind: "Kustomization", name: "loki" },
        change: { type: "json6902", operations: [{ op: "replace", path: "/spec/interval", value: "1h" }] },
        source: { file: "overrides/a-site.yaml", line: 9 },
      },
      mergePatch("ConfigMap", "site", { data: { extra: "yes" } }, "a-site"),
      mergePatch("Namespace", "loki", { metadata: { labels: { team: "quay" } } }, "a-site"),
      {
        target: { kind: "Namespace", name: "loki" },
        change: {
          type: "json6902",
          operations: [{ op: "remove", path: "/metadata/labels/pod-security.kubernetes.io~1enforce" }],
        },
        source: { file: "overrides/a-site.yaml", line: 12 },
      },
      mergePatch("ConfigMap", "berths", { data: { count: "4" } }, "a-site"),
    ],
    objects: [
      {
        object: {
          apiVersion: "v1",
          kind: "ConfigMap",
          metadata: { name: "berths", namespace: "default" },
          data: { count: "3" },
        },
        source: { file: "overrides/a-site.yaml", line: 20 },
      },
    ],
  }),
  anOverride({
    name: "b-label",
    scope: { layer: "labels", matchLabels: { country: "pt" } },
    patches: [
      mergePatch(
        "HelmRelease",
        "loki",
        {
          spec: { timeout: "20m", values: { loki: { limits_config: { retention_period: "150h", max_line_size: 1 } } } },
        },
        "b-label",
      ),
    ],
  }),
  anOverride({
    name: "c-profile",
    scope: { layer: "profile", profile: "micro" },
    patches: [
      mergePatch(
        "HelmRelease",
        "loki",
        { spec: { timeout: "25m", interval: "2h", values: { singleBinary: { replicas: 1 } } } },
        "c-profile",
      ),
      {
        target: { kind: "OCIRepository", name: "cert-manager" },
        change: { type: "json6902", operations: [{ op: "add", path: "/spec/suspend", value: true }] },
        source: { file: "overrides/c-profile.yaml", line: 9 },
      },
    ],
  }),
];
