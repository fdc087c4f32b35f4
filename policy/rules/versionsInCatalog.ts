import { catalogComponent, catalogVersions, releaseVersions } from "../../catalog";
import type { FleetRule } from "../rule";
import { violationOf } from "../violation";
import { originIn, releasesOf } from "./releases";

export const versionsInCatalog: FleetRule = {
  name: "versions-in-catalog",
  area: "supply",
  scope: "fleet",
  description: "Every component of a release is in the catalog at that version.",
  why: "What is not in the catalog has no known source, licence, images or architectures, and cannot be carried to a site.",
  fix: "Use a version that the catalog has, or add it there with its source.",
  level: "mandatory",
  check: (view) =>
    releasesOf(view).flatMap((release) =>
      Object.entries(releaseVersions(release))
        .filter(([name, version]) => catalogComponent(name, version) === undefined)
        .map(([name, version]) =>
          violationOf(`Release ${release.name}`, {
            field: name,
            value: version,
            limit: `the catalog has ${catalogVersions(name).join(", ") || "no such component"}`,
            from: originIn(release, name),
          }),
        ),
    ),
};
