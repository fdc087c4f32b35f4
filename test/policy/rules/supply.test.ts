import { aFleet, aRelease } from "../../support/fleet";
import { deployment, describeRule } from "../support";

const image = "spec.template.spec.containers[0].image";
const named = (reference: string) => deployment({ container: { image: reference } });
const thing = "Deployment room/thing";
const fleet = aFleet();

describeRule("image-in-catalog", {
  passes: [
    ["an image of the release at its version", [named("docker.gitea.com/gitea:1.26.1-rootless")]],
    ["an image of the release by digest", [deployment()]],
  ],
  refuses: [
    [
      "another version",
      [named("docker.gitea.com/gitea:1.25.4-rootless")],
      [thing, image, '"docker.gitea.com/gitea:1.25.4-rootless"', /at 1\.26\.1-rootless/],
    ],
    [
      "an image of no component",
      [named("docker.io/library/httpd:1.0")],
      [thing, image, '"docker.io/library/httpd:1.0"', /no component/],
    ],
  ],
});

describeRule("versions-in-catalog", {
  passes: [["versions that the catalog has", [], { fleet }]],
  refuses: [
    [
      "one that it does not have",
      [],
      ["Release 2026.11.0", "gitea", "9.9.9", /has 1\.25\.4, 1\.26\.1/],
      { fleet, release: aRelease({ components: { gitea: "9.9.9" } }) },
    ],
  ],
});

describeRule("licence-allowed", {
  passes: [["the licences of the sample release", [], { fleet }]],
  refuses: [
    [
      "a licence that the fleet does not allow",
      [],
      ["Release 2026.11.0", "gitea 1.26.1", "licence MIT", /Apache-2\.0/],
      {
        fleet,
        settings: {
          allowed: ["Apache-2.0", "MPL-2.0", "BSD-3-Clause", "BSD-2-Clause", "AGPL-3.0-only", "GPL-2.0-only"],
        },
      },
    ],
  ],
});

describeRule("end-of-support", {
  passes: [
    ["what is supported today", [], { fleet }],
    ["the last day", [], { fleet, today: "2027-02-28" }],
  ],
  refuses: [
    [
      "Kubernetes a day later",
      [],
      ["Release 2026.11.0", "kubernetes", "1.35.4", /ended on 2027-02-28, and today is 2027-03-01/],
      { fleet, today: "2027-03-01" },
    ],
    [
      "a component by the fleet's own list",
      [],
      ["Release 2026.11.0", "gitea", "1.26.1", /ended on 2026-11-27/],
      { fleet, settings: { ends: { gitea: { "1.26": "2026-11-27" } } } },
    ],
  ],
});
