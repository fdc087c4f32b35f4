import { labelOf } from "../../fleet/select";
import type { FleetRule } from "../rule";
import { violationOf } from "../violation";
import { allowedBy } from "./conditions";

export const siteLabels: FleetRule = {
  name: "site-labels",
  area: "fleet",
  scope: "fleet",
  description: "Every site has the labels that the fleet requires.",
  why: "Waves, failure domains, environments and reports go by labels; a site without one is in none of them.",
  fix: "Add the label under metadata.labels of the site.",
  level: "mandatory",
  settings: {
    required: {
      type: "array",
      items: { type: "string" },
      description: "Labels that every site has to have.",
      default: ["region"],
    },
  },
  check: ({ fleet }, context) =>
    fleet.sites.flatMap((site) =>
      allowedBy(context, "required")
        .filter((label) => labelOf(site, label) === undefined)
        .map((label) =>
          violationOf(`Site ${site.name}`, {
            field: `labels.${label}`,
            value: "missing",
            limit: "the fleet requires the label of every site",
            from: { document: "site", name: site.name, path: ["metadata", "labels"] },
          }),
        ),
    ),
};
