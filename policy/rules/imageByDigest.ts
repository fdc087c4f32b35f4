import { conditionRule } from "./conditions";
import { whileUnlocked } from "./releases";

export const imageByDigest = conditionRule(
  {
    name: "image-by-digest",
    area: "images",
    description: "A container names its image by digest.",
    why: "A tag can be moved in the registry; a site that restarts a pod while the link is down would run something else than the release was tested with.",
    fix: "Lock the release: edgewave release lock.",
    level: "mandatory",
    softens: true,
    conditions: [
      {
        subject: "containers",
        path: ["image"],
        expect: { is: "matching", pattern: "@sha256:[0-9a-f]{64}$" },
        limit: "an image is named by digest, such as registry/name@sha256:...",
      },
    ],
  },
  ({ release }) => whileUnlocked(release),
);
