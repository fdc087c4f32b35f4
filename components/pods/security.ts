/** Labels of a namespace whose pods must be restricted by the Pod Security Standards. */
export function restrictedNamespaceLabels(level: "restricted" | "baseline" = "restricted") {
  return {
    "app.kubernetes.io/managed-by": "edgewave",
    "pod-security.kubernetes.io/enforce": level,
    "pod-security.kubernetes.io/audit": "restricted",
    "pod-security.kubernetes.io/warn": "restricted",
  };
}

/** Security context of a pod that runs as one unprivileged user and owns its volumes by group. */
export function podSecurity(user: number, group: number = user) {
  return {
    runAsNonRoot: true,
    runAsUser: user,
    runAsGroup: group,
    fsGroup: group,
    fsGroupChangePolicy: "OnRootMismatch",
    seccompProfile: { type: "RuntimeDefault" },
  };
}

/** Security context of a container with no privileges and a root file system that it cannot write. */
export function containerSecurity() {
  return {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ["ALL"] },
    privileged: false,
    readOnlyRootFilesystem: true,
    runAsNonRoot: true,
    seccompProfile: { type: "RuntimeDefault" },
  };
}
