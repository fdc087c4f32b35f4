import * as pulumi from "@pulumi/pulumi";
import { siteAuthority, type Authority } from "../certificates/authority";
import { leafCertificate, type Leaf } from "../certificates/leaf";
import { validityFor } from "../certificates/validity";
import { writtenFile } from "../file/writtenFile";
import { registryAccess, type RegistryAccess } from "./access";
import type { ImageConfigArgs } from "./args";
import { registryUrl, type RegistryMirror } from "./mirrors";
import { configurationDigest, imagePlan } from "./plan";

/**
 * The image path of a site without a registry of its own in the cluster: containerd pulls everything through the
 * bastion and never asks the internet. Makes the site's certificate authority, by which nodes trust the bastion.
 */
export class ImageConfig extends pulumi.ComponentResource {
  /** Signs the certificates of the site's services. */
  readonly authority: Authority;
  /** The bastion registry's own certificate and key, to be installed there; secret. */
  readonly registryCertificate: Leaf;
  readonly mirrors: pulumi.Output<readonly RegistryMirror[]>;
  /** `https://host:port`. */
  readonly registryUrl: pulumi.Output<string>;
  readonly pauseImage: pulumi.Output<string>;
  /** How nodes show the registry who they are; secret. */
  readonly access: RegistryAccess;
  /** `sha256:...` over everything that a node's containerd is told. */
  readonly digest: pulumi.Output<string>;

  constructor(name: string, args: ImageConfigArgs, opts?: pulumi.ComponentResourceOptions) {
    const { site, outputDirectory: directory } = args;
    const plan = imagePlan(site, args.release);
    super("edgewave:images:ImageConfig", name, {}, opts);
    const child = { parent: this };

    this.authority = siteAuthority(
      `${name}-authority`,
      {
        commonName: `${site.name} site authority`,
        organization: site.domain,
        validity: validityFor(site.link.maxOutageHours),
      },
      child,
    );
    this.registryCertificate = leafCertificate(
      `${name}-registry`,
      {
        authority: this.authority,
        commonName: site.bastion.host,
        dnsNames: [site.bastion.host],
        ipAddresses: [site.bastion.address],
        use: "server",
      },
      child,
    );
    for (const { path, content } of plan.files) writtenFile(path, { directory, path, content, mode: "public" }, child);
    const authorityFile = "images/site-ca.pem";
    const content = this.authority.certificate;
    writtenFile(authorityFile, { directory, path: authorityFile, content, mode: "public" }, child);

    this.access = registryAccess(`${name}-registry-access`, site, this.authority, child);
    this.mirrors = pulumi.output(plan.mirrors);
    this.registryUrl = pulumi.output(registryUrl(site.bastion));
    this.pauseImage = pulumi.output(plan.pauseImage);
    this.digest = this.authority.certificate.apply((certificate) => configurationDigest(plan, certificate));
    this.registerOutputs({
      authorityCertificate: this.authority.certificate,
      registryCertificate: this.registryCertificate.certificate,
      registryPrivateKey: this.registryCertificate.privateKey,
      mirrors: this.mirrors,
      registryUrl: this.registryUrl,
      pauseImage: this.pauseImage,
      nodeVariables: this.access.nodeVariables,
      registryHtpasswd: this.access.htpasswd,
      digest: this.digest,
    });
  }
}
