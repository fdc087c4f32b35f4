import { FluxBootstrap } from "../components/flux/component";
import { repositoryUrl } from "../components/gitea/address";
import { LocalGitea } from "../components/gitea/component";
import { IdentityCache } from "../components/identity/component";
import { ImageConfig } from "../components/images/component";
import { IngestionBridge } from "../components/ingestion/component";
import { KubesprayCluster } from "../components/kubespray/component";
import { AppliedSecrets } from "../components/secrets/appliedSecrets";
import { CollectedSecrets } from "../components/secrets/secretStore";
import { profileOf } from "../profiles";
import type { SiteArgs } from "./args";
import { clusterProvider, fieldAccess, givenKubeconfig } from "./clusterProvider";
import { siteOutputs, type SiteOutputs } from "./siteOutputs";

/**
 * Makes one site of the five components, in the program of a Pulumi stack. Resources have the same names on every
 * site: the stack tells the sites apart.
 * @throws ComponentArgumentError for arguments that a component cannot work with, before it has made anything.
 */
export function buildSite(args: SiteArgs): SiteOutputs {
  const { site, release, fleet, signers, outputDirectory } = args;
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
    args,
    images,
    cluster,
    gitea,
    flux,
    ingestion,
    secretManifests: secrets.manifests(),
  });
}
