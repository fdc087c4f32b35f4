import * as batch from "@pulumi/kubernetes/batch/v1";
import * as core from "@pulumi/kubernetes/core/v1";
import * as networking from "@pulumi/kubernetes/networking/v1";
import * as rbac from "@pulumi/kubernetes/rbac/v1";
import * as pulumi from "@pulumi/pulumi";
import { PrivateKey } from "@pulumi/tls";
import { workloadsOf } from "../../profiles";
import { writtenFile } from "../file/writtenFile";
import { restrictedNamespaceLabels } from "../pods/security";
import { workloadOf } from "../pods/workload";
import { reporter, reportSigner, reportSignersPath } from "./address";
import type { SiteReporterArgs } from "./args";
import { configData, configMapName, cronJobSpec, networkPolicySpec, rules, secretName } from "./plan";

/**
 * The site's voice: a job that writes how the site is into a signed report in the site's own repository, again and again,
 * with a link or without one. What it queues reaches the hub with the repository.
 */
export class SiteReporter extends pulumi.ComponentResource {
  /** `ssh-ed25519 AAAA...`, by which the site's reports are verified. */
  readonly publicKey: pulumi.Output<string>;
  /** When it reports, as a schedule of cron in UTC. */
  readonly schedule: pulumi.Output<string>;

  constructor(name: string, args: SiteReporterArgs, opts?: pulumi.ComponentResourceOptions) {
    const { site, release, hub, profile } = args;
    const workload = workloadOf("SiteReporter", profile, workloadsOf(profile, site.ingestion.buffer), "site-reporter");
    const job = cronJobSpec(site, release, hub, profile, workload);
    super("edgewave:reporter:SiteReporter", name, {}, opts);
    const child = { parent: this };
    const { namespace, labels } = reporter;
    const space = new core.Namespace(
      `${name}-namespace`,
      { metadata: { name: namespace, labels: restrictedNamespaceLabels() } },
      { parent: this, provider: args.provider },
    );
    const onCluster = { parent: this, provider: args.provider, dependsOn: [space] };

    const key = new PrivateKey(`${name}-key`, { algorithm: "ED25519" }, child);
    this.publicKey = key.publicKeyOpenssh.apply((text) => text.trim());
    writtenFile(
      reportSignersPath,
      {
        directory: args.outputDirectory,
        path: reportSignersPath,
        content: this.publicKey.apply((text) => reportSigner(site.name, text)),
        mode: "public",
      },
      child,
    );
    args.secrets.keep(
      {
        namespace,
        name: secretName,
        type: "Opaque",
        data: {
          key: key.privateKeyOpenssh,
          username: args.git.username,
          password: args.git.password,
          // Of curl's own configuration, so that the password is no argument.
          curl: pulumi.interpolate`user = "${args.git.username}:${args.git.password}"\n`,
          "ca.crt": args.git.authority,
        },
      },
      onCluster,
    );

    const metadata = (objectName: string) => ({ name: objectName, namespace, labels: { ...labels } });
    new core.ServiceAccount(
      `${name}-account`,
      { metadata: metadata(reporter.name), automountServiceAccountToken: false },
      onCluster,
    );
    const clusterWide = { name: reporter.name, labels: { ...labels } };
    new rbac.ClusterRole(`${name}-role`, { metadata: clusterWide, rules }, onCluster);
    new rbac.ClusterRoleBinding(
      `${name}-binding`,
      {
        metadata: clusterWide,
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: reporter.name },
        subjects: [{ kind: "ServiceAccount", name: reporter.name, namespace }],
      },
      onCluster,
    );
    new core.ConfigMap(
      `${name}-configuration`,
      { metadata: metadata(configMapName), data: { ...configData(site, hub) } },
      onCluster,
    );
    new batch.CronJob(`${name}-job`, { metadata: metadata(reporter.name), spec: job }, onCluster);
    new networking.NetworkPolicy(
      `${name}-traffic`,
      { metadata: metadata(reporter.name), spec: networkPolicySpec(site, hub) },
      onCluster,
    );

    this.schedule = pulumi.output(job.schedule);
    this.registerOutputs({ publicKey: this.publicKey, schedule: this.schedule });
  }
}
