import * as pulumi from "@pulumi/pulumi";
import { writtenFile } from "../file/writtenFile";
import type { FieldAccess, KubesprayClusterArgs } from "./args";
import { orderOf } from "./day2/order";
import { type ClusterSpecification, specificationOf } from "./day2/specification";
import { fieldCluster } from "./fieldCluster";
import { kubeconfigOf } from "./kubeconfig";
import { apiAddress, inventoryPlan } from "./plan";
import { plannedSteps, stepLines } from "./record";

/**
 * The site's cluster as Kubespray makes it: its inventory and group_vars and, for a field site, the run of the playbooks
 * that it takes to bring the cluster there.
 */
export class KubesprayCluster extends pulumi.ComponentResource {
  /** Absolute path of the inventory's folder, for `ansible-playbook -i`. */
  readonly inventoryDirectory: pulumi.Output<string>;
  /** `https://host:port` of the API server, as the nodes reach it. */
  readonly apiAddress: pulumi.Output<string>;
  readonly kubernetesVersion: pulumi.Output<string>;
  readonly kubesprayTag: pulumi.Output<string>;
  /** The image path that the cluster's nodes are to have. */
  readonly imageConfiguration: pulumi.Output<string>;
  /** Of a field site, with the API server's address as the nodes have it; secret. */
  readonly kubeconfig: pulumi.Output<string> | undefined;
  /** As `kubeconfig`, for the driver's own way to the site; secret. */
  readonly driverKubeconfig: pulumi.Output<string> | undefined;

  constructor(name: string, args: KubesprayClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    const { site, release, outputDirectory: directory } = args;
    const files = inventoryPlan(site, release, args.profile);
    const wanted = specificationOf(site, release, args.profile, files, "");
    const field = args.field === undefined ? undefined : fieldWork(args, args.field, wanted);
    super("edgewave:kubespray:KubesprayCluster", name, {}, opts);

    const written = files.map(({ path, content }) =>
      writtenFile(path, { directory, path, content, mode: "public" }, { parent: this }),
    );
    if (field !== undefined) {
      const command = fieldCluster(`${name}-cluster`, field.cluster, { parent: this, dependsOn: written });
      // Shown by `preview` and `up` beside the resources.
      for (const line of stepLines(field.steps)) void pulumi.log.info(line, command, undefined, true);
      const answer = pulumi.secret(command.stdout);
      this.kubeconfig = answer.apply((stdout) => kubeconfigOf(stdout, undefined));
      this.driverKubeconfig = answer.apply((stdout) => kubeconfigOf(stdout, field.proxy));
    }
    this.inventoryDirectory = pulumi.output(`${directory}/inventory`);
    this.apiAddress = pulumi.output(apiAddress(site));
    this.kubernetesVersion = pulumi.output(release.kubernetes);
    this.kubesprayTag = pulumi.output(release.kubespray);
    this.imageConfiguration = pulumi.output(args.imageConfiguration);
    this.registerOutputs({
      inventoryDirectory: this.inventoryDirectory,
      apiAddress: this.apiAddress,
      kubernetesVersion: this.kubernetesVersion,
      kubesprayTag: this.kubesprayTag,
      imageConfiguration: this.imageConfiguration,
      kubeconfig: this.kubeconfig,
    });
  }
}

/**
 * What is to be done at a field site's hosts.
 * @throws ComponentArgumentError if they cannot be logged in at, or Kubespray has no way to what is wanted.
 */
function fieldWork(args: KubesprayClusterArgs, access: FieldAccess, wanted: ClusterSpecification) {
  const { site, imageConfiguration: imagePath, outputDirectory: siteDirectory } = args;
  const { record, proxy, recordDirectory, runner } = access;
  const order = { site, wanted, siteDirectory, recordDirectory, kubeconfigEpoch: record.kubeconfigEpoch };
  orderOf(order);
  const nodeVariables = site.bastion.registryAuthentication === "none" ? undefined : args.nodeVariables;
  return { cluster: { ...order, imagePath, runner, nodeVariables }, steps: plannedSteps(record, wanted), proxy };
}
