import { componentsOf } from "../../catalog";
import type { FleetRule } from "../rule";
import { violationOf } from "../violation";
import { allowedBy } from "./conditions";
import { originIn, releasesOf } from "./releases";

export const licenceAllowed: FleetRule = {
  name: "licence-allowed",
  area: "supply",
  scope: "fleet",
  description: "Every component of a release has a licence that the fleet allows.",
  why: "Software is copied to every site; a licence that forbids it, or asks for more than the fleet gives, is found too late there.",
  fix: "Choose another component, or let those who decide on licences add it to the list.",
  level: "mandatory",
  settings: {
    allowed: {
      type: "array",
      items: { type: "string" },
      description: "SPDX identifiers that are allowed; of an expression with AND all parts have to be.",
      default: [
        "Apache-2.0",
        "MIT",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "MPL-2.0",
        "ISC",
        "AGPL-3.0-only",
        "GPL-2.0-only",
        "GPL-2.0-only WITH Linux-syscall-note",
      ],
    },
  },
  check: (view, context) => {
    const allowed = allowedBy(context, "allowed");
    return releasesOf(view).flatMap((release) =>
      componentsOf(release)
        .filter(({ licence }) => !isAllowed(licence, allowed))
        .map(({ name, version, licence }) =>
          violationOf(`Release ${release.name}`, {
            field: `${name} ${version}`,
            value: `licence ${licence}`,
            limit: `a licence is one of ${allowed.join(", ")}`,
            from: originIn(release, name),
          }),
        ),
    );
  },
};

/** SPDX expressions without nesting, as the catalog has them. */
function isAllowed(expression: string, allowed: readonly string[]): boolean {
  const part = (text: string) => allowed.includes(text.replace(/^\(|\)$/g, "").trim());
  return expression.split(" AND ").every((all) => all.split(" OR ").some(part));
}
