import * as k8s from "@pulumi/kubernetes";
import { FluxBootstrap } from "../components/flux/component";
import { repositoryUrl } from "../components/gitea/address";
import { LocalGitea } from "../components/gitea/component";
import { ImageConfig } from "../components/images/component";
import { IngestionBridge } from "../components/ingestion/component";
import { KubesprayCluster } from "../components/kubespray/component";
import { CollectedSecrets } from "../components/secrets/secretStore";
import { requireSupportedTarget } from "../components/supportedTarget";
import { profileOf } from "../profiles";
import type { SiteArgs } from "./args";
import { siteOutputs, type SiteOutputs } from "./siteOutputs";

/**
 * Makes one site of the five components, in the program of a Pulumi stack. Resources have the same names on every
 * site: the stack tells the sites apart.
 * @throws ComponentArgumentError for arguments that a component cannot work with, before it has made anything.
 */
export function buildSite({ site, release, fleet, signers, outputDirectory }: SiteArgs): SiteOutputs {
  requireSupportedTarget("buildSite", site);
  const profile = profileOf(site.profile);
  const secrets = new CollectedSecrets();
  const provider = new k8s.Provider("cluster", {
    renderYamlToDirectory: `${outputDirectory}/manifests`,
    // Pods carry a checksum of their configuration; a map that is replaced would be gone for a moment.
    enableConfigMapMutable: true,
  });

  const images = new ImageConfig("images", { site, release, outputDirectory });
  const imageConfiguration = images.digest;
  const cluster = new KubesprayCluster("kubespray", { site, release, profile, imageConfiguration, outputDirectory });
  const onCluster = { site, release, hub: fleet.hub, profile, secrets, provider };
  const gitea = new LocalGitea("gitea", { ...onCluster, authority: images.authority });
  const flux = new FluxBootstrap("flux", {
    ...onCluster,
    signers,
    git: {
      deployUrl: repositoryUrl("deploy", site.name),
      siteUrl: repositoryUrl("site", site.name),
      username: gitea.reader.username,
      password: gitea.reader.password,
      authority: images.authority.certificate,
    },
  });
  const ingestion = new IngestionBridge("ingestion", { ...onCluster, authority: images.authority });

  return siteOutputs({
    args: { site, release, fleet, signers, outputDirectory },
    images,
    cluster,
    gitea,
    flux,
    ingestion,
    secretManifests: secrets.manifests(),
  });
}
