import { releaseVersions, supportEnd } from "../../catalog";
import { at, text } from "../objects/json";
import type { FleetRule } from "../rule";
import { violationOf } from "../violation";
import { originIn, releasesOf } from "./releases";

export const endOfSupport: FleetRule = {
  name: "end-of-support",
  area: "supply",
  scope: "fleet",
  description: "Nothing is past its end of support on the day it is deployed.",
  why: "A hole that is found after that day stays open, on machines that nobody visits.",
  fix: "Move the release to a version that is supported.",
  level: "mandatory",
  settings: {
    ends: {
      type: "object",
      description: 'Further last days by component and minor version, such as { gitea: { "1.25": 2027-01-31 } }.',
      default: {},
    },
  },
  check: (view, { today, settings }) =>
    releasesOf(view).flatMap((release) =>
      Object.entries(releaseVersions(release)).flatMap(([name, version]) => {
        const minor = version.replace(/^v/, "").split(".").slice(0, 2).join(".");
        const end = text(at(settings["ends"], name, minor)) ?? supportEnd(name, version);
        // ISO dates compare as texts do.
        if (end === undefined || today <= end) return [];
        return [
          violationOf(`Release ${release.name}`, {
            field: name,
            value: version,
            limit: `its support ended on ${end}, and today is ${today}`,
            from: originIn(release, name),
          }),
        ];
      }),
    ),
};
