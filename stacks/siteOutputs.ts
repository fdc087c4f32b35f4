import * as pulumi from "@pulumi/pulumi";
import type { FluxBootstrap } from "../components/flux/component";
import type { LocalGitea } from "../components/gitea/component";
import type { ImageConfig } from "../components/images/component";
import type { Endpoint, IngestionBridge } from "../components/ingestion/component";
import type { KubesprayCluster } from "../components/kubespray/component";
import type { SiteArgs } from "./args";

/** Outputs of a site's stack. A type and not an interface, so that it is a record of outputs to Pulumi. */
export type SiteOutputs = {
  readonly site: string;
  readonly profile: string;
  readonly release: string;
  /** Whether image digests are pinned; a release that is not locked names images by tag. */
  readonly locked: boolean;
  readonly outputDirectory: string;
  /** Not for an existing cluster. */
  readonly inventoryDirectory?: pulumi.Output<string>;
  /** As the nodes reach it; not for an existing cluster. */
  readonly apiAddress?: pulumi.Output<string>;
  /** Of a field site, with the API server's address as the nodes have it; secret. */
  readonly kubeconfig?: pulumi.Output<string>;
  readonly kubernetesVersion: pulumi.Output<string>;
  readonly imageDigest: pulumi.Output<string>;
  readonly authorityCertificate: pulumi.Output<string>;
  /** Certificate and key for the bastion's registry; secret. */
  readonly registryTls: pulumi.Output<{ readonly certificate: string; readonly privateKey: string }>;
  /** Ansible variables that rendered files name and do not hold; secret. A file of extra variables gives them. */
  readonly nodeVariables: pulumi.Output<Record<string, string>>;
  /** A line for the registry's htpasswd file, if its nodes have a password; secret. */
  readonly registryHtpasswd?: pulumi.Output<string>;
  readonly gitUrl: pulumi.Output<string>;
  readonly gitAdministrator: pulumi.Output<string>;
  /** Secret. */
  readonly gitAdministratorPassword: pulumi.Output<string>;
  /** Whether Flux takes only signed releases, and if not, why; for people. */
  readonly gitVerification: pulumi.Output<string>;
  readonly fluxKustomizations: pulumi.Output<readonly string[]>;
  readonly ingestionEndpoints: pulumi.Output<readonly Endpoint[]>;
  readonly ingestionTopics: pulumi.Output<readonly string[]>;
  readonly ingestionHubTopic: pulumi.Output<string>;
  readonly bufferBytes: pulumi.Output<number>;
  readonly bufferHorizonHours: pulumi.Output<number>;
  readonly bufferCoversOutage: pulumi.Output<boolean>;
  /** Secrets by namespace and name that the site must be given by those who own their keys. */
  readonly suppliedSecrets: pulumi.Output<readonly string[]>;
  /**
   * The Secrets that the rendered manifests refer to, as YAML; secret, and empty for a cluster that was given them. After the manifests' namespaces are there:
   * `pulumi stack output secretManifests --show-secrets | kubectl apply -f -`.
   */
  readonly secretManifests: pulumi.Output<string>;
};

export interface SiteParts {
  readonly args: SiteArgs;
  readonly images: ImageConfig;
  /** Undefined for an existing cluster. */
  readonly cluster: KubesprayCluster | undefined;
  readonly gitea: LocalGitea;
  readonly flux: FluxBootstrap;
  readonly ingestion: IngestionBridge;
  readonly secretManifests: pulumi.Output<string>;
}

/** Gathers what the components give. */
export function siteOutputs({
  args,
  images,
  cluster,
  gitea,
  flux,
  ingestion,
  secretManifests,
}: SiteParts): SiteOutputs {
  const { site, release, outputDirectory } = args;
  const supplied = pulumi
    .all([ingestion.namespace, ingestion.suppliedSecrets])
    .apply(([namespace, names]) => names.map((name) => `${namespace}/${name}`));
  return {
    site: site.name,
    profile: site.profile,
    release: release.name,
    locked: release.lock !== undefined,
    outputDirectory,
    ...(cluster?.kubeconfig && { kubeconfig: cluster.kubeconfig }),
    ...(cluster && { inventoryDirectory: cluster.inventoryDirectory, apiAddress: cluster.apiAddress }),
    kubernetesVersion: cluster?.kubernetesVersion ?? pulumi.output(release.kubernetes),
    imageDigest: images.digest,
    authorityCertificate: images.authority.certificate,
    registryTls: pulumi.secret({
      certificate: images.registryCertificate.certificate,
      privateKey: images.registryCertificate.privateKey,
    }),
    nodeVariables: images.access.nodeVariables,
    ...(images.access.htpasswd && { registryHtpasswd: images.access.htpasswd }),
    gitUrl: gitea.url,
    gitAdministrator: gitea.administrator,
    gitAdministratorPassword: gitea.administratorPassword,
    gitVerification: flux.verification,
    fluxKustomizations: flux.kustomizations,
    ingestionEndpoints: ingestion.endpoints,
    ingestionTopics: ingestion.topics,
    ingestionHubTopic: ingestion.hubTopic,
    bufferBytes: ingestion.bufferBytes,
    bufferHorizonHours: ingestion.horizonHours,
    bufferCoversOutage: ingestion.coversOutage,
    suppliedSecrets: supplied,
    secretManifests,
  };
}
