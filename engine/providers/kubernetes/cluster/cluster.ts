import type { KubernetesSettings } from "../config";
import type { Discovery } from "./discovery";
import type { Objects } from "./objects";

/** One cluster, and how its objects are to be treated. */
export interface Cluster {
  readonly settings: KubernetesSettings;
  readonly discovery: Discovery;
  readonly objects: Objects;
}
