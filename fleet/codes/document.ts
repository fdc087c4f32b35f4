import type { CodeText } from "./codeText";

/** Files, YAML, and the shape of documents. */
export const documentCodes = {
  "EDGE-FILE-001": {
    title: "A file or folder is missing or cannot be read",
    why: "A fleet is a folder with fleet.yaml and the folders sites, releases, rollouts and overrides; without them nothing is known.",
    fix: "Create the file, or correct the path of the fleet folder.",
    severity: "error",
  },
  "EDGE-FILE-002": {
    title: "A file is too large",
    why: "Fleet files are written by people and read as a whole; a huge one is a mistake or an attack on memory.",
    fix: "Split it: one file a site is the usual way.",
    severity: "error",
  },
  "EDGE-FILE-003": {
    title: "A link leads out of the fleet folder, or an entry is not a regular file",
    why: "A fleet that reads from elsewhere is not what was reviewed, and could read secrets of the machine.",
    fix: "Put the file itself into the folder.",
    severity: "error",
  },
  "EDGE-FILE-004": {
    title: "A file or folder is not read",
    why: "Only fleet.yaml and the .yaml files right in sites, releases, rollouts and overrides are read; a site in any other place would be missing in silence.",
    fix: "Rename or move it if it belongs to the fleet.",
    severity: "warning",
  },
  "EDGE-FILE-005": {
    title: "A line of known_hosts cannot be used",
    why: "Keys of hosts are what tells the site's machines from anybody else's; a line that is left out in silence would be missed in the middle of a rollout.",
    fix: "Write the host's name or address, then its key, such as `10.20.1.2 ssh-ed25519 AAAA...`.",
    severity: "error",
  },
  "EDGE-YAML-001": {
    title: "The file is not valid YAML",
    why: "What cannot be parsed cannot be checked.",
    fix: "Correct the syntax at this line; indentation and colons are the usual causes.",
    severity: "error",
  },
  "EDGE-YAML-002": {
    title: "A key is there twice",
    why: "Only one of the two values would count, and not the one that everybody expects.",
    fix: "Keep one of them.",
    severity: "error",
  },
  "EDGE-YAML-003": {
    title: "Aliases expand to too much",
    why: "A few nested aliases can expand to gigabytes.",
    fix: "Write the values out.",
    severity: "error",
  },
  "EDGE-YAML-004": {
    title: "The file is not UTF-8",
    why: "In another encoding names would be read wrongly.",
    fix: "Save the file as UTF-8.",
    severity: "error",
  },
  "EDGE-YAML-005": {
    title: "A YAML feature is not supported here",
    why: "Tags and merge keys are read differently by different programs.",
    fix: "Write the value plainly.",
    severity: "error",
  },
  "EDGE-DOC-001": {
    title: "The document has no apiVersion of edgewave",
    why: "The version says by which rules the document is read.",
    fix: "Write apiVersion: edgewave.dev/v1alpha1.",
    severity: "error",
  },
  "EDGE-DOC-002": {
    title: "The kind is unknown",
    why: "A document of an unknown kind would be ignored.",
    fix: "Use one of Fleet, Site, Release, Rollout, Override.",
    severity: "error",
  },
  "EDGE-DOC-003": {
    title: "The kind does not belong in this place",
    why: "People and tools look for sites under sites, releases under releases and rollouts under rollouts.",
    fix: "Move the document.",
    severity: "error",
  },
  "EDGE-DOC-004": {
    title: "Profiles cannot be overridden in this version",
    why: "A profile is a budget that has been proven to fit; an override has no such proof yet.",
    fix: "Remove the document and choose one of the built-in profiles.",
    severity: "error",
  },
  "EDGE-DOC-005": {
    title: "The file has no document, or too many",
    why: "An empty file is usually a site that was meant to be there; fleet.yaml holds exactly one Fleet.",
    fix: "Fill the file or delete it.",
    severity: "error",
  },
  "EDGE-KEY-001": {
    title: "A key is unknown",
    why: "A mistyped key would be ignored, and the default would apply in silence.",
    fix: "Correct or remove the key.",
    severity: "error",
  },
  "EDGE-KEY-002": {
    title: "A key is missing",
    why: "There is no safe default for it.",
    fix: "Add the key.",
    severity: "error",
  },
  "EDGE-KEY-003": {
    title: "A label has a reserved name",
    why: "Region, profile and architecture have fields and selectors of their own; a label of that name could say something else.",
    fix: "Use the field under spec, or another name for the label.",
    severity: "error",
  },
  "EDGE-VALUE-001": {
    title: "A value has the wrong type",
    why: 'Nothing is converted in silence: 4 and "4" are different values.',
    fix: "Write a value of the right type.",
    severity: "error",
  },
  "EDGE-VALUE-002": {
    title: "A value is not one of those allowed",
    why: "Only the listed values mean something.",
    fix: "Use one of the values listed.",
    severity: "error",
  },
  "EDGE-VALUE-003": {
    title: "A value has the wrong form",
    why: "The value is used in names, addresses or sizes, where any other form would fail later or be unsafe.",
    fix: "Write it in the form shown.",
    severity: "error",
  },
  "EDGE-VALUE-004": {
    title: "A value is out of range",
    why: "The number or list is smaller or larger than what makes sense.",
    fix: "Write a value within the range.",
    severity: "error",
  },
  "EDGE-NAME-001": {
    title: "A name is not a DNS label",
    why: "Names become host names, Git refs, stack names and folders; only lower case letters, digits and hyphens are safe in all of them.",
    fix: "Use lower case letters, digits and hyphens, beginning and ending with a letter or digit, at most 63.",
    severity: "error",
  },
  "EDGE-NAME-002": {
    title: "A name is used twice",
    why: "A site's name is its stack, its domain and its repository: two cannot share one. The same goes for releases, rollouts, waves and nodes.",
    fix: "Rename one of the two.",
    severity: "error",
  },
} as const satisfies Record<string, CodeText>;
