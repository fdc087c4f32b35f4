import { containerSecurity } from "../../pods/security";

/** Containers of Strimzi's pods, by their keys in its templates. */
export type StrimziContainer =
  "kafkaContainer" | "connectContainer" | "topicOperatorContainer" | "userOperatorContainer";

/**
 * A Strimzi `template` whose pods have no privileges. Their root file system stays writable, because Strimzi's start
 * scripts write configuration next to the binaries. Volumes belong to group 0, as Strimzi's images expect.
 */
export function podTemplate(...containers: readonly StrimziContainer[]) {
  const securityContext = { ...containerSecurity(), readOnlyRootFilesystem: false };
  return {
    pod: {
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 1001,
        fsGroup: 0,
        seccompProfile: { type: "RuntimeDefault" },
      },
    },
    ...Object.fromEntries(containers.map((container) => [container, { securityContext }])),
  };
}
