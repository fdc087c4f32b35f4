import { posix } from "node:path";
import type { ProfileName } from "../../fleet/model";
import { checkedSite } from "../names";

// openCenter's layout: opencenter-cloud/openCenter-gitops-base, applications/base/services/<service>, and
// openCenter-cli, applications/overlays/<cluster> and infrastructure/clusters/<cluster>.

/** Folder of a service that is the same for all sites. */
export const serviceFolder = (service: string): string => `applications/base/services/${service}`;

/** Folder of what a profile says about a service; beside the services, because it belongs to no single site. */
export const profileFolder = (profile: ProfileName, service: string): string =>
  `applications/base/profiles/${profile}/${service}`;

/** Folder of what is about one site. */
export const overlayFolder = (site: string): string => `applications/overlays/${checkedSite(site)}`;

/** Folder of what Flux applies of a service at a site; it leads to what is shared. */
export const valuesFolder = (site: string, service: string): string => `${overlayFolder(site)}/values/${service}`;

/** Folder of the objects that overrides add at a site. */
export const addedFolder = (site: string): string => `${overlayFolder(site)}/added`;

/** Folder of a site's machines. */
export const clusterFolder = (site: string): string => `infrastructure/clusters/${checkedSite(site)}`;

/** A path from one folder of the repository to another, as kustomize wants it. */
export function relativeFolder(from: string, to: string): string {
  return posix.relative(`/${from}`, `/${to}`);
}
