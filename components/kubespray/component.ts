import * as pulumi from "@pulumi/pulumi";
import { writtenFile } from "../file/writtenFile";
import type { KubesprayClusterArgs } from "./args";
import { apiAddress, inventoryPlan } from "./plan";

/** The site's cluster as Kubespray makes it: its inventory and group_vars. */
export class KubesprayCluster extends pulumi.ComponentResource {
  /** Absolute path of the inventory's folder, for `ansible-playbook -i`. */
  readonly inventoryDirectory: pulumi.Output<string>;
  /** `https://host:port` of the API server, as the nodes reach it. */
  readonly apiAddress: pulumi.Output<string>;
  readonly kubernetesVersion: pulumi.Output<string>;
  readonly kubesprayTag: pulumi.Output<string>;
  /** The image path that the cluster's nodes are to have. */
  readonly imageConfiguration: pulumi.Output<string>;

  constructor(name: string, args: KubesprayClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    const { site, release, outputDirectory: directory } = args;
    const files = inventoryPlan(site, release, args.profile);
    super("edgewave:kubespray:KubesprayCluster", name, {}, opts);

    for (const { path, content } of files) {
      writtenFile(path, { directory, path, content, mode: "public" }, { parent: this });
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
    });
  }
}
