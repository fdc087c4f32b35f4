import * as apps from "@pulumi/kubernetes/apps/v1";
import * as core from "@pulumi/kubernetes/core/v1";
import * as networking from "@pulumi/kubernetes/networking/v1";
import * as pulumi from "@pulumi/pulumi";
import { RandomPassword } from "@pulumi/random";
import { workloadsOf } from "../../profiles";
import { leafCertificate } from "../certificates/leaf";
import { restrictedNamespaceLabels } from "../pods/security";
import { volumeAnnotations, volumeClaim } from "../pods/storage";
import { workloadOf } from "../pods/workload";
import { derivedSecret } from "../secrets/plan";
import { gitea, publicHost, repositoryUrl } from "./address";
import type { LocalGiteaArgs } from "./args";
import { claimName, configData, configMapName, networkPolicySpec, podTemplate, secretNames } from "./plan";

/** An account at the site's Gitea. */
export interface GiteaAccount {
  readonly username: string;
  /** Secret. */
  readonly password: pulumi.Output<string>;
}

/**
 * Gitea on the site: one rootless pod with SQLite that keeps working, and keeps Flux working, without the hub. It has
 * two repositories: `deploy/<site>`, a pull mirror of the hub's, and `site/<site>`, written on the site only.
 */
export class LocalGitea extends pulumi.ComponentResource {
  readonly deployRepository: pulumi.Output<string>;
  readonly siteRepository: pulumi.Output<string>;
  /** `https://...` for people on the site. */
  readonly url: pulumi.Output<string>;
  readonly administrator: pulumi.Output<string>;
  /** Secret. */
  readonly administratorPassword: pulumi.Output<string>;
  /** Flux reads both repositories by it. */
  readonly reader: GiteaAccount;
  /** The site's own changes and reports are written by it. */
  readonly writer: GiteaAccount;

  constructor(name: string, args: LocalGiteaArgs, opts?: pulumi.ComponentResourceOptions) {
    const { site, release, hub, profile } = args;
    const workload = workloadOf("LocalGitea", profile, workloadsOf(profile, site.ingestion.buffer), "gitea");
    const template = podTemplate(site, release, hub, workload);
    super("edgewave:gitea:LocalGitea", name, {}, opts);
    const child = { parent: this };
    const { namespace, labels } = gitea;
    const space = new core.Namespace(
      `${name}-namespace`,
      { metadata: { name: namespace, labels: restrictedNamespaceLabels() } },
      { parent: this, provider: args.provider },
    );
    const onCluster = { parent: this, provider: args.provider, dependsOn: [space] };
    const host = publicHost(site.domain);

    const administratorPassword = new RandomPassword(`${name}-administrator`, { length: 32, special: false }, child);
    const root = new RandomPassword(`${name}-root`, { length: 48, special: false }, child);
    const derived = (purpose: string) => root.result.apply((value) => derivedSecret(value, `gitea ${purpose}`));
    const certificate = leafCertificate(
      `${name}-certificate`,
      {
        authority: args.authority,
        commonName: host,
        dnsNames: [host, gitea.host, `${gitea.service}.${namespace}.svc`],
        ipAddresses: [],
        use: "server",
      },
      child,
    );
    this.reader = { username: gitea.reader, password: derived("reader password") };
    this.writer = { username: gitea.writer, password: derived("writer password") };
    args.secrets.keep(
      {
        namespace,
        name: secretNames.tls,
        type: "kubernetes.io/tls",
        data: { "tls.crt": certificate.certificate, "tls.key": certificate.privateKey },
      },
      onCluster,
    );
    args.secrets.keep(
      {
        namespace,
        name: secretNames.keys,
        type: "Opaque",
        data: {
          "secret-key": derived("secret key"),
          "internal-token": derived("internal token"),
          "jwt-secret": derived("jwt secret"),
        },
      },
      onCluster,
    );
    args.secrets.keep(
      {
        namespace,
        name: secretNames.accounts,
        type: "Opaque",
        data: {
          [gitea.administrator]: administratorPassword.result,
          [gitea.reader]: this.reader.password,
          [gitea.writer]: this.writer.password,
        },
      },
      onCluster,
    );

    const metadata = (objectName: string) => ({ name: objectName, namespace, labels: { ...labels } });
    new core.ServiceAccount(
      `${name}-account`,
      { metadata: metadata(gitea.service), automountServiceAccountToken: false },
      onCluster,
    );
    new core.ConfigMap(
      `${name}-configuration`,
      { metadata: metadata(configMapName), data: configData(site, hub) },
      onCluster,
    );
    new core.PersistentVolumeClaim(
      `${name}-data`,
      {
        metadata: { ...metadata(claimName), annotations: volumeAnnotations },
        spec: volumeClaim(workload.storageGiB),
      },
      onCluster,
    );
    new apps.Deployment(
      `${name}-server`,
      {
        metadata: metadata(gitea.service),
        spec: { replicas: 1, strategy: { type: "Recreate" }, selector: { matchLabels: { ...labels } }, template },
      },
      onCluster,
    );
    new core.Service(
      `${name}-service`,
      {
        metadata: metadata(gitea.service),
        spec: { selector: { ...labels }, ports: [{ name: "https", port: 443, targetPort: "https" }] },
      },
      onCluster,
    );
    new networking.NetworkPolicy(
      `${name}-traffic`,
      { metadata: metadata(gitea.service), spec: networkPolicySpec(site, hub) },
      onCluster,
    );

    this.deployRepository = pulumi.output(repositoryUrl("deploy", site.name));
    this.siteRepository = pulumi.output(repositoryUrl("site", site.name));
    this.url = pulumi.output(`https://${host}/`);
    this.administrator = pulumi.output(gitea.administrator);
    this.administratorPassword = pulumi.secret(administratorPassword.result);
    this.registerOutputs({
      deployRepository: this.deployRepository,
      siteRepository: this.siteRepository,
      url: this.url,
      administrator: this.administrator,
      administratorPassword: this.administratorPassword,
      readerUsername: this.reader.username,
      readerPassword: this.reader.password,
      writerUsername: this.writer.username,
      writerPassword: this.writer.password,
    });
  }
}
