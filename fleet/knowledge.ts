// The one door from fleet/ to what exists: checks get it as an argument. `catalog` and `profiles` import only types of
// fleet/model, so there is no cycle when the program runs.
import * as catalog from "../catalog";
import * as profiles from "../profiles";

/** What checks know of components, Kubespray tags and profiles. Tests give a smaller or stranger world. */
export interface Knowledge {
  readonly catalog: Pick<
    typeof catalog,
    | "catalogComponent"
    | "catalogNames"
    | "catalogVersions"
    | "chartsOf"
    | "componentsOf"
    | "imagesOf"
    | "kubesprayPins"
    | "kubesprayTag"
    | "kubesprayTags"
  >;
  readonly profiles: Pick<
    typeof profiles,
    "bufferSizing" | "nodeBudget" | "observabilitySizing" | "profileOf" | "retentionOf"
  >;
}

/** The built-in catalog and profiles. */
export const builtInKnowledge: Knowledge = { catalog, profiles };
