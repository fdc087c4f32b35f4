import { conditionRule } from "./conditions";

export const imageNotLatest = conditionRule({
  name: "image-not-latest",
  area: "images",
  description: "No container runs `latest`, or an image without tag and digest.",
  why: "Nobody can say what such a pod runs, and two nodes of one site may run two versions of it.",
  fix: "Name the version that the release's catalog has, or its digest.",
  level: "mandatory",
  conditions: [
    {
      subject: "containers",
      path: ["image"],
      // A digest, or a tag after the last slash that is not `latest`.
      expect: { is: "matching", pattern: "@sha256:[0-9a-f]{64}$|^([^@]*/)?[^/:@]+:[^/:@]+$" },
      limit: "an image has a tag or a digest",
    },
    {
      subject: "containers",
      path: ["image"],
      expect: { is: "not matching", pattern: ":latest$" },
      limit: "the tag is not latest",
    },
  ],
});
