import type { Issuer, Release } from "../../fleet/model";
import { compareVersions } from "../../fleet/versions";
import { ComponentArgumentError } from "../argumentError";
import { discoveryUrl } from "../identity/mirror";
import type { InventorySite } from "./inventorySite";
import { siteFolder } from "./prepareNodes";

/** The first tag with `kube_apiserver_use_authentication_config_file` (kubernetes-sigs/kubespray#13035). */
const firstTag = "v2.31.0";

/**
 * The API server wants the certificate itself; Kubespray's sample puts a path there. Ansible reads the file, which lies
 * beside the inventory, and gives its text.
 */
const siteAuthority = `{{ lookup('file', ${siteFolder} ~ '/images/site-ca.pem') }}`;

/**
 * Structured authentication. The hub's issuer is known by the bastion's mirror of its discovery document and keys, so that
 * an API server that starts without a link knows it too; without, every token of its would fail until the link is back.
 * @returns nothing for a site without issuers
 * @throws ComponentArgumentError `EDGE-COMPONENT-015` if the release's Kubespray cannot write the configuration
 */
export function identityVars(site: InventorySite, release: Pick<Release, "name" | "kubespray">) {
  const { identity } = site;
  if (identity === undefined) return {};
  if (compareVersions(release.kubespray.replace(/^v/, ""), firstTag.replace(/^v/, "")) < 0) {
    throw new ComponentArgumentError(
      "EDGE-COMPONENT-015",
      "KubesprayCluster",
      `site ${site.name}, identity`,
      `Kubespray ${release.kubespray} of release ${release.name} knows no structured authentication`,
      `Take a release with ${firstTag} or later, or leave spec.identity out`,
    );
  }
  const { hub, local } = identity;
  return {
    kube_apiserver_use_authentication_config_file: true,
    kube_apiserver_authentication_config_jwt: [
      ...(hub === undefined ? [] : [authenticator(hub, discoveryUrl(site.bastion, identity))]),
      ...(local === undefined ? [] : [authenticator(local, undefined)]),
    ],
  };
}

function authenticator(issuer: Issuer, discoveryURL: string | undefined) {
  const { url, audiences, usernameClaim, groupsClaim, prefix } = issuer;
  return {
    issuer: {
      url,
      ...(discoveryURL !== undefined && { discoveryURL }),
      certificateAuthority: siteAuthority,
      audiences: [...audiences],
      ...(audiences.length > 1 && { audienceMatchPolicy: "MatchAny" }),
    },
    claimMappings: {
      username: { claim: usernameClaim, prefix },
      groups: { claim: groupsClaim, prefix },
    },
  };
}
