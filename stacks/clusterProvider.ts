import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { ComponentArgumentError } from "../components/argumentError";
import type { FieldAccess } from "../components/kubespray/args";
import type { SiteArgs } from "./args";

/**
 * The provider of the site's objects: it renders them into files, or applies them to the site's cluster.
 * @param kubeconfig of the cluster; undefined for a site that is only rendered.
 */
export function clusterProvider(
  { site, outputDirectory }: SiteArgs,
  kubeconfig: pulumi.Input<string> | undefined,
): k8s.Provider {
  // Pods carry a checksum of their configuration; a map that is replaced would be gone for a moment.
  const common = { enableConfigMapMutable: true };
  if (kubeconfig === undefined) {
    return new k8s.Provider("cluster", { ...common, renderYamlToDirectory: `${outputDirectory}/manifests` });
  }
  return new k8s.Provider("cluster", {
    ...common,
    enableSecretMutable: true,
    enableServerSideApply: true,
    kubeconfig: pulumi.secret(kubeconfig),
    // Another port of a tunnel, or a renewed certificate, is no other cluster.
    clusterIdentifier: site.name,
  });
}

/** @throws ComponentArgumentError `EDGE-COMPONENT-001` if the site has a cluster and nobody says how to reach it. */
export function givenKubeconfig({ site, access }: SiteArgs): string {
  if (access?.kubeconfig !== undefined) return access.kubeconfig;
  throw new ComponentArgumentError(
    "EDGE-COMPONENT-001",
    "buildSite",
    `site ${site.name}, target`,
    `"cluster" works on a cluster that is there, and there is no kubeconfig of it`,
    `Put it into kubeconfigs/${site.name} beside fleet.yaml, readable by you alone`,
  );
}

/** @throws ComponentArgumentError `EDGE-COMPONENT-001` if the site's hosts are to be worked on and nobody says how. */
export function fieldAccess({ site, access }: SiteArgs): FieldAccess {
  if (access?.field !== undefined) return access.field;
  throw new ComponentArgumentError(
    "EDGE-COMPONENT-001",
    "buildSite",
    `site ${site.name}, target`,
    '"field" works on the hosts of the site, and nobody says what is known of them',
    "Give the stack's program the field access of the site",
  );
}
