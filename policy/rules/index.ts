import type { Rule } from "../rule";
import { bufferBearsOutage } from "./bufferBearsOutage";
import { certificateLifetime } from "./certificateLifetime";
import { chartImageByDigest } from "./chartImageByDigest";
import { containerResources } from "./containerResources";
import { disruptionBudget } from "./disruptionBudget";
import { disruptionBudgetBlocks } from "./disruptionBudgetBlocks";
import { endOfSupport } from "./endOfSupport";
import { fluxSourceLocal } from "./fluxSourceLocal";
import { fluxSourceVerified } from "./fluxSourceVerified";
import { imageArchitecture } from "./imageArchitecture";
import { imageByDigest } from "./imageByDigest";
import { imageInCatalog } from "./imageInCatalog";
import { imageNotLatest } from "./imageNotLatest";
import { imageThroughBastion } from "./imageThroughBastion";
import { keyStrength } from "./keyStrength";
import { licenceAllowed } from "./licenceAllowed";
import { localAlertReceiver } from "./localAlertReceiver";
import { localDns } from "./localDns";
import { localNtp } from "./localNtp";
import { namespacePodSecurity } from "./namespacePodSecurity";
import { networkPolicies } from "./networkPolicies";
import { networksApart } from "./networksApart";
import { noAddedCapabilities } from "./noAddedCapabilities";
import { noHarbor } from "./noHarbor";
import { noHostNamespaces } from "./noHostNamespaces";
import { noHostPath } from "./noHostPath";
import { noOutsideUrl } from "./noOutsideUrl";
import { noPrivileged } from "./noPrivileged";
import { nodeBudget } from "./nodeBudget";
import { objectLabels } from "./objectLabels";
import { oddEtcd } from "./oddEtcd";
import { oneReleasePerWave } from "./oneReleasePerWave";
import { profileNodeCounts } from "./profileNodeCounts";
import { replicasApart } from "./replicasApart";
import { replicasFitTopology } from "./replicasFitTopology";
import { requestsWithinLimits } from "./requestsWithinLimits";
import { retentionBearsOutage } from "./retentionBearsOutage";
import { secretInClear } from "./secretInClear";
import { secretOnCommandLine } from "./secretOnCommandLine";
import { serviceAccountToken } from "./serviceAccountToken";
import { siteHasBackup } from "./siteHasBackup";
import { siteLabels } from "./siteLabels";
import { sopsInGit } from "./sopsInGit";
import { statefulKept } from "./statefulKept";
import { versionsInCatalog } from "./versionsInCatalog";
import { volumesFitDisk } from "./volumesFitDisk";

/** Every rule, area by area; reports and documentation have them in this order. */
export const rules: readonly Rule[] = [
  // images
  chartImageByDigest,
  imageArchitecture,
  imageByDigest,
  imageNotLatest,
  imageThroughBastion,
  noHarbor,
  // size
  containerResources,
  nodeBudget,
  replicasFitTopology,
  requestsWithinLimits,
  volumesFitDisk,
  // topology
  disruptionBudget,
  disruptionBudgetBlocks,
  oddEtcd,
  profileNodeCounts,
  replicasApart,
  // isolation
  namespacePodSecurity,
  networkPolicies,
  noAddedCapabilities,
  noHostNamespaces,
  noHostPath,
  noPrivileged,
  serviceAccountToken,
  // secrets
  certificateLifetime,
  keyStrength,
  secretInClear,
  secretOnCommandLine,
  sopsInGit,
  // offline
  bufferBearsOutage,
  fluxSourceLocal,
  fluxSourceVerified,
  localAlertReceiver,
  localDns,
  localNtp,
  noOutsideUrl,
  retentionBearsOutage,
  // supply
  endOfSupport,
  imageInCatalog,
  licenceAllowed,
  versionsInCatalog,
  // fleet
  networksApart,
  objectLabels,
  oneReleasePerWave,
  siteHasBackup,
  siteLabels,
  statefulKept,
];

/** @returns the rule of that name. */
export function ruleNamed(name: string): Rule | undefined {
  return rules.find((rule) => rule.name === name);
}
