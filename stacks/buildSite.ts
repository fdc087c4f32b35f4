import * as pulumi from "@pulumi/pulumi";
import { FluxBootstrap } from "../components/flux/component";
import { repositoryUrl } from "../components/gitea/address";
import { GiteaConfiguration } from "../components/gitea/configuration";
import { LocalGitea } from "../components/gitea/component";
import { IdentityCache } from "../components/identity/component";
import { LocalIssuer } from "../components/identity/localIssuer";
import { ImageConfig } from "../components/images/component";
import { IngestionBridge } from "../components/ingestion/component";
import { KubesprayCluster } from "../components/kubespray/component";
import { SiteReporter } from "../components/reporter/component";
import { AppliedSecrets } from "../components/secrets/appliedSecrets";
import { CollectedSecrets } from "../components/secrets/secretStore";
import { profileOf } from "../profiles";
import type { SiteArgs } from "./args";
import { clusterProvider, fieldAccess, givenKubeconfig } from "./clusterProvider";
import { siteOutputs, type SiteOutputs } from "./siteOutputs";

/**
 * Makes one site of the six components, in the program of a Pulumi stack. Resources have the same names on every
 * site: the stack tells the sites apart.
 * @throws ComponentArgumentError for arguments that a component cannot work with, before it has made anything.
 */
export function buildSite(args: SiteArgs): SiteOutputs {
  const { site, release, fleet, signers, outputDirectory, sopsIdentity } = args;
  const given = site.target === "cluster" ? givenKubeconfig(args) : undefined;
  const field = site.target === "field" ? fieldAccess(args) : undefined;
  const profile = profileOf(site.profile);
  const secrets = site.target === "render" ? new CollectedSecrets() : new AppliedSecrets();

  const images = new ImageConfig("images", { site, release, outputDirectory });
  const imageConfiguration = images.digest;
  // A cluster that is there takes Kubespray's place.
  const cluster =
    site.target === "cluster"
      ? undefined
      : new KubesprayCluster("kubespray", {
          ...{ site, release, profile, imageConfiguration, outputDirectory, field },
          nodeVariables: images.access.nodeVariables,
        });
  if (site.identity !== undefined && cluster !== undefined) new IdentityCache("identity", { site, outputDirectory });
  const provider = clusterProvider(args, given ?? cluster?.driverKubeconfig);
  const onCluster = { site, release, hub: fleet.hub, profile, secrets, provider };
  const gitea = new LocalGitea("gitea", { ...onCluster, authority: images.authority });
  const flux = new FluxBootstrap("flux", {
    ...onCluster,
    signers,
    decryptionKey: sopsIdentity === undefined ? undefined : pulumi.secret(sopsIdentity),
    git: {
      deployUrl: repositoryUrl("deploy", site.name),
      siteUrl: repositoryUrl("site", site.name),
      username: gitea.reader.username,
      password: gitea.reader.password,
      authority: images.authority.certificate,
    },
  });
  const hubLogin = args.access?.hubLogin;
  // Without the port of this run's tunnel, which would be a change each time.
  const kubeconfig = given ?? cluster?.kubeconfig;
  if (kubeconfig !== undefined && hubLogin !== undefined) {
    new GiteaConfiguration("gitea-configuration", {
      site,
      hub: fleet.hub,
      hubLogin,
      gitea,
      authority: images.authority.certificate,
      kubeconfig,
      receiver: flux.receiver,
    });
  }
  if (site.identity?.local?.dex !== undefined) {
    new LocalIssuer("issuer", { site, secrets, provider, authority: images.authority });
  }
  const ingestion = new IngestionBridge("ingestion", { ...onCluster, authority: images.authority });
  const reporter = new SiteReporter("reporter", {
    ...onCluster,
    git: { ...gitea.writer, authority: images.authority.certificate },
    outputDirectory,
  });

  return siteOutputs({
    args,
    images,
    cluster,
    gitea,
    flux,
    ingestion,
    reporter,
    secretManifests: secrets.manifests(),
  });
}
