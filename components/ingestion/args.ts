import type * as k8s from "@pulumi/kubernetes";
import type { Hub, Release, ResolvedSite } from "../../fleet/model";
import type { Profile } from "../../profiles/profile";
import type { Authority } from "../certificates/authority";
import type { SecretStore } from "../secrets/secretStore";

export interface IngestionBridgeArgs {
  readonly site: ResolvedSite;
  readonly release: Release;
  readonly hub: Hub;
  readonly profile: Profile;
  /** Signs the broker's certificate and those that gateways log in with. */
  readonly authority: Authority;
  readonly secrets: SecretStore;
  /** Of the site's cluster. */
  readonly provider: k8s.Provider;
}
