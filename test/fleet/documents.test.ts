import { expect } from "chai";
import { assembleFleet } from "../../fleet/assemble";
import type { Finding } from "../../fleet/finding";
import { builtInKnowledge } from "../../fleet/knowledge";
import type { FleetFile } from "../../fleet/source/files";
import { aFleet } from "../support/fleet";
import { fleetFiles } from "../support/fleetFiles";

const valid = fleetFiles(aFleet());
const site = valid.find((file) => file.path === "sites/porto.yaml")?.text ?? "";

/** A valid fleet with some files replaced or added. */
function findings(replaced: Readonly<Record<string, string>>): readonly Finding[] {
  const files: FleetFile[] = valid.filter((file) => !Object.hasOwn(replaced, file.path));
  for (const [path, text] of Object.entries(replaced)) files.push({ path, text });
  return assembleFleet(files, builtInKnowledge).findings;
}

const short = ({ code, file, line, path, message }: Finding) => `${code} ${file}:${line} ${path}: ${message}`;
const ofSite = (text: string) => findings({ "sites/porto.yaml": text }).map(short);
const lineOf = (text: string, part: string) => text.slice(0, text.indexOf(part)).split("\n").length;
/** The valid site with one piece of text exchanged, and the line where that is. */
function changed(from: string, to: string): { found: string[]; hints: string[]; line: number } {
  expect(site, `the site has no ${from}`).to.contain(from);
  const text = site.replace(from, to);
  const all = findings({ "sites/porto.yaml": text });
  return { found: all.map(short), hints: all.map((finding) => finding.hint), line: lineOf(text, to) };
}

describe("the documents of a fleet", () => {
  it("have no findings when they are valid, and give the fleet that was meant", () => {
    const { fleet, findings } = assembleFleet(valid, builtInKnowledge);
    expect(findings).to.deep.equal([]);
    expect(fleet).to.deep.equal(aFleet());
  });

  describe("as YAML", () => {
    it("report a syntax error at its line", () => {
      const found = ofSite(site.replace("  profile: micro", "  profile: [micro"));
      expect(found[0]).to.match(/^EDGE-YAML-001 sites\/porto\.yaml:\d+ : /);
    });

    it("report a key that is there twice, at the second one", () => {
      const { found, line } = changed("  profile: micro\n", "  profile: micro\n  profile: mini\n");
      expect(found).to.deep.equal([`EDGE-YAML-002 sites/porto.yaml:${line + 1} : the key "profile" is already there`]);
    });

    it("refuse aliases that expand to gigabytes", () => {
      const levels = Array.from({ length: 12 }, (_, level) =>
        level === 0
          ? "a0: &a0 [x, x, x, x, x, x, x, x, x, x]"
          : `a${level}: &a${level} [${Array(10)
              .fill(`*a${level - 1}`)
              .join(", ")}]`,
      );
      const found = ofSite(levels.join("\n"));
      expect(found).to.have.lengthOf(1);
      expect(found[0]).to.match(/^EDGE-YAML-003 sites\/porto\.yaml:1 /);
    });

    it("refuse nesting that is deeper than the stack", () => {
      expect(ofSite("[".repeat(50_000))[0]).to.match(/^EDGE-YAML-00[13] /);
    }).timeout(120_000);

    it("refuse tags and merge keys", () => {
      expect(ofSite(site.replace("profile: micro", "profile: !big micro"))[0]).to.match(/^EDGE-YAML-005 /);
      expect(changed("  profile: micro\n", "  profile: micro\n  <<: {region: x}\n").found[0]).to.match(
        /^EDGE-KEY-001 .* spec\."<<": unknown key "<<"$/,
      );
    });

    it("refuse __proto__, which is no ordinary key", () => {
      const { found, line } = changed("    country: pt", "    __proto__: pt");
      expect(found).to.deep.equal([`EDGE-KEY-001 sites/porto.yaml:${line} : unknown key "__proto__"`]);
    });

    it("refuse an alias that nothing defines, at its line", () => {
      const { found, line } = changed("profile: micro", "profile: *usual");
      expect(found).to.deep.equal([
        `EDGE-YAML-001 sites/porto.yaml:${line} : the alias "usual" has no anchor before it`,
      ]);
    });

    it("may use an alias here and there", () => {
      const text = site
        .replace("gateway: 10.100.0.1\n", "gateway: &b 10.100.0.1\n")
        .replace("- 10.100.0.1\n", "- *b\n");
      expect(text).to.contain("*b");
      expect(ofSite(text)).to.deep.equal([]);
    });

    it("may be several in one file, with Windows line ends, comments and a byte order mark", () => {
      const second = fleetFiles(aFleet()).find((file) => file.path === "sites/porto.yaml")?.text ?? "";
      const other = second.replaceAll("porto", "vigo").replaceAll("10.100.0.", "10.100.1.");
      const text = `\uFEFF# sites\n---\n${site}---\n# vigo\n${other}...\n`.replaceAll("\n", "\r\n");
      const { fleet, findings } = assembleFleet(
        valid.map((file) => (file.path === "sites/porto.yaml" ? { path: "sites/all.yaml", text } : file)),
        builtInKnowledge,
      );
      expect(findings).to.deep.equal([]);
      expect(fleet?.sites.map((one) => one.source)).to.deep.equal([
        { file: "sites/all.yaml", line: 3 },
        { file: "sites/all.yaml", line: lineOf(text, "# vigo") + 1 },
      ]);
    });

    it("count lines of a later document from the top of the file", () => {
      const text = `${site}---\n${site.replaceAll("porto", "vigo").replaceAll("10.100.0.", "10.100.1.").replace("cpu: 4", 'cpu: "4"')}`;
      expect(ofSite(text)[0]).to.contain(`sites/porto.yaml:${lineOf(text, 'cpu: "4"')} spec.nodes[0].cpu`);
    });

    it("may begin with a directive", () => {
      expect(ofSite(`%YAML 1.2\n---\n${site}`)).to.deep.equal([]);
    });
  });

  describe("in their places", () => {
    it("need fleet.yaml", () => {
      const { fleet, findings } = assembleFleet(
        valid.filter((file) => file.path !== "fleet.yaml"),
        builtInKnowledge,
      );
      expect(fleet).to.equal(undefined);
      expect(findings.map(short)).to.deep.equal(["EDGE-FILE-001 fleet.yaml:1 : fleet.yaml does not exist"]);
    });

    const cases: [string, Readonly<Record<string, string>>, string][] = [
      [
        "hold something",
        { "sites/vigo.yaml": "# nothing\n" },
        "EDGE-DOC-005 sites/vigo.yaml:1 : the file holds no document",
      ],
      [
        "are mappings",
        { "sites/vigo.yaml": "- a\n" },
        "EDGE-VALUE-001 sites/vigo.yaml:1 : the document must be a mapping, and is a list",
      ],
      [
        "have the apiVersion",
        { "sites/porto.yaml": site.replace("v1alpha1", "v2") },
        'EDGE-DOC-001 sites/porto.yaml:1 apiVersion: apiVersion is "edgewave.dev/v2"',
      ],
      [
        "have a known kind",
        { "sites/porto.yaml": site.replace("kind: Site", "kind: Sight") },
        'EDGE-DOC-002 sites/porto.yaml:2 kind: kind is "Sight"',
      ],
      [
        "belong there",
        { "rollouts/porto.yaml": site },
        "EDGE-DOC-003 rollouts/porto.yaml:2 kind: a Site does not belong into rollouts/porto.yaml",
      ],
      [
        "override no profile",
        { "sites/big.yaml": "apiVersion: edgewave.dev/v1alpha1\nkind: Profile\nmetadata: {name: big}\n" },
        "EDGE-DOC-004 sites/big.yaml:2 kind: a profile cannot be overridden in this version",
      ],
      [
        "are one Fleet in fleet.yaml",
        { "fleet.yaml": `${valid[0]?.text ?? ""}---\n${site}` },
        "EDGE-DOC-005 fleet.yaml:12 : fleet.yaml holds more than one document",
      ],
    ];
    for (const [title, replaced, expected] of cases) {
      it(title, () => expect(findings(replaced).map(short)).to.deep.equal([expected]));
    }

    it("suggest the kind that was meant", () => {
      expect(findings({ "sites/porto.yaml": site.replace("kind: Site", "kind: Sites") })[0]?.hint).to.equal(
        "Did you mean Site?",
      );
    });
  });

  describe("by their schema", () => {
    const cases: [string, string, string, string, string, string?][] = [
      [
        "an unknown key",
        "  profile: micro",
        "  profil: micro",
        "EDGE-KEY-001",
        'spec.profil: unknown key "profil"',
        "Did you mean profile?",
      ],
      [
        "an unknown key in a node",
        "      cpu: 4",
        "      cpu: 4\n      cpus: 4",
        "EDGE-KEY-001",
        'spec.nodes[0].cpus: unknown key "cpus"',
        "Did you mean cpu?",
      ],
      [
        "a number as text",
        "      cpu: 4",
        '      cpu: "4"',
        "EDGE-VALUE-001",
        'spec.nodes[0].cpu: must be a number, and "4" is a text',
        "Write it without quotes: 4.",
      ],
      [
        "a text as number",
        "    country: pt",
        "    country: 1.10",
        "EDGE-VALUE-001",
        "metadata.labels.country: must be a text, and 1.1 is a number",
        'Put it in quotes: "1.10".',
      ],
      [
        "a text as truth",
        "    country: pt",
        "    country: true",
        "EDGE-VALUE-001",
        "metadata.labels.country: must be a text, and true is true or false",
        'Put it in quotes: "true".',
      ],
      [
        "a broken number",
        "      cpu: 4",
        "      cpu: 4.5",
        "EDGE-VALUE-001",
        "spec.nodes[0].cpu: must be a whole number, and 4.5 is a number",
      ],
      [
        "nothing where something belongs",
        "  region: atlantic",
        "  region:",
        "EDGE-VALUE-001",
        "spec.region: must be a text and has no value",
      ],
      [
        "one thing instead of a list",
        "      roles:\n        - control-plane\n        - worker",
        "      roles: worker",
        "EDGE-VALUE-001",
        'spec.nodes[0].roles: must be a list, and "worker" is a text',
        'Write a list: ["worker"].',
      ],
      [
        "a value that is not offered",
        "profile: micro",
        "profile: mirco",
        "EDGE-VALUE-002",
        'spec.profile: "mirco" is not one of micro, mini, standard, ha-edge',
        "Did you mean micro?",
      ],
      [
        "a quantity without unit",
        "memory: 8192Mi",
        'memory: "8192"',
        "EDGE-VALUE-003",
        'spec.nodes[0].memory: must be an amount of memory in Mi or Gi, such as "8Gi", and is "8192"',
      ],
      [
        "a quantity in the wrong unit",
        "disk: 128Gi",
        "disk: 128GB",
        "EDGE-VALUE-003",
        'spec.nodes[0].disk: must be a size in Gi or Ti, such as "128Gi", and is "128GB"',
      ],
      [
        "a negative duration",
        "maxOutage: 72h",
        "maxOutage: -72h",
        "EDGE-VALUE-003",
        'spec.link.maxOutage: must be a duration in s, m, h or d, such as "10m" or "72h", and is "-72h"',
      ],
      [
        "an address that is none",
        "gateway: 10.100.0.1",
        "gateway: 10.100.0.256",
        "EDGE-VALUE-003",
        'spec.network.gateway: must be an IPv4 address, such as 10.20.1.11, and is "10.100.0.256"',
      ],
      [
        "an address with a leading zero",
        "gateway: 10.100.0.1",
        "gateway: 10.100.0.01",
        "EDGE-VALUE-003",
        'spec.network.gateway: must be an IPv4 address, such as 10.20.1.11, and is "10.100.0.01"',
      ],
      [
        "a range without prefix",
        "podCidr: 172.20.0.0/16",
        "podCidr: 172.20.0.0",
        "EDGE-VALUE-003",
        'spec.network.podCidr: must be an IPv4 range, such as 10.20.1.0/24, and is "172.20.0.0"',
      ],
      [
        "a topic that MQTT refuses",
        "cranes/+/telemetry",
        "cranes/#/telemetry",
        "EDGE-VALUE-003",
        'spec.ingestion.topics[0]: must be an MQTT topic filter, such as cranes/+/telemetry, and is "cranes/#/telemetry"',
      ],
      [
        "a number out of range",
        "      cpu: 4",
        "      cpu: 0",
        "EDGE-VALUE-004",
        "spec.nodes[0].cpu: must be at least 1, and is 0",
      ],
      [
        "an empty list",
        "      - mqtt\n      - amqp",
        "      []",
        "EDGE-VALUE-004",
        "spec.ingestion.protocols: must have at least 1 entries, and has 0",
      ],
    ];
    for (const [title, from, to, code, rest, hint] of cases) {
      it(`refuse ${title}`, () => {
        const { found, hints, line } = changed(from, to);
        // The finding is at the line of the key, which is the last one of the changed text, except for lists.
        const at = /roles: worker|\[\]/.test(to)
          ? lineOf(site, from.includes("roles") ? from : "    protocols:")
          : line + to.split("\n").length - 1;
        expect(found).to.deep.equal([`${code} sites/porto.yaml:${at} ${rest}`]);
        if (hint !== undefined) expect(hints).to.deep.equal([hint]);
      });
    }

    it("refuse a missing key, at the mapping that lacks it", () => {
      const text = site.replace("  region: atlantic\n", "");
      expect(ofSite(text)).to.deep.equal([
        `EDGE-KEY-002 sites/porto.yaml:${lineOf(text, "spec:")} spec.region: region is missing`,
      ]);
    });

    it("refuse a date that is no day", () => {
      const text = site.replace("  target: render", "  target: render\n  offline: {reason: storm, since: 2026-02-30}");
      expect(ofSite(text)[0]).to.contain('spec.offline.since: must be a date, such as 2026-11-02, and is "2026-02-30"');
    });

    for (const name of ["../../etc", "Porto", "-porto", "porto.", "a".repeat(64), "po rto", "porto/x", "."]) {
      it(`refuse the name ${JSON.stringify(name.slice(0, 20))}, which would not be safe as a host or folder`, () => {
        const found = ofSite(site.replace("  name: porto\n", `  name: ${JSON.stringify(name)}\n`));
        expect(
          found.filter((line) => line.startsWith("EDGE-NAME-001 sites/porto.yaml:4 metadata.name: ")),
        ).to.have.lengthOf(1);
      });
    }

    for (const name of ["../x", "2026..11", "a.lock", "x/y", ".x", "x.", "feature branch"]) {
      it(`refuse the release name ${JSON.stringify(name)}, which Git would refuse`, () => {
        const release = valid
          .find((file) => file.path.startsWith("releases/"))
          ?.text.replace("name: 2026.11.0", `name: ${JSON.stringify(name)}`);
        const found = findings({ "releases/2026.11.0.yaml": release ?? "" }).map(short);
        expect(found[0]).to.match(
          /^EDGE-VALUE-003 releases\/2026\.11\.0\.yaml:4 metadata\.name: must be a release name/,
        );
      });
    }

    const amounts: [string, string][] = [
      ["maxFailures: 0", 'maxFailures: "101%"'],
      ["maxFailures: 0", "maxFailures: -1%"],
      ["maxFailures: 0", "maxFailures: some"],
      ["size: 1", "size: 0%"],
      ["size: rest", "size: all"],
      ["maxConcurrency: 4", "maxConcurrency: 0"],
    ];
    for (const [from, to] of amounts) {
      it(`refuse ${to} in a rollout`, () => {
        const rollout = valid.find((file) => file.path.startsWith("rollouts/"))?.text ?? "";
        expect(rollout).to.contain(from);
        const text = rollout.replace(from, to);
        const [found, ...others] = findings({ "rollouts/autumn.yaml": text });
        expect(others).to.deep.equal([]);
        expect(found).to.include({ file: "rollouts/autumn.yaml", line: lineOf(text, to) });
        expect(found?.code).to.match(/^EDGE-VALUE-00[34]$/);
      });
    }

    it("report everything at once, in order of file and line", () => {
      const text = site
        .replace("profile: micro", "profile: big")
        .replace("cpu: 4", "cpu: many")
        .replace("region: atlantic", "region: A");
      const lines = findings({ "sites/porto.yaml": text }).map((finding) => finding.line);
      expect(lines).to.have.lengthOf(3);
      expect(lines).to.deep.equal([...lines].sort((a, b) => a - b));
    });
  });

  it("that cannot be read are not called missing by a rollout that names them", () => {
    const rollout = valid
      .find((file) => file.path.startsWith("rollouts/"))
      ?.text.replace("names: []", "names: [porto]");
    expect(rollout).to.contain("[porto]");
    const replaced = {
      "rollouts/autumn.yaml": rollout ?? "",
      "sites/porto.yaml": "a: [",
      "releases/2026.11.0.yaml": "b: [",
    };
    expect(new Set(findings(replaced).map(({ file }) => file))).to.deep.equal(
      new Set(["releases/2026.11.0.yaml", "sites/porto.yaml"]),
    );
  });

  describe("with a lock", () => {
    const release = valid.find((file) => file.path.startsWith("releases/"))?.text ?? "";
    const locked = `${release}  lock: 2026.11.0.lock.json\n`;
    const withLock = (text: string) =>
      findings({ "releases/2026.11.0.yaml": locked, "releases/2026.11.0.lock.json": text }).map(short);

    const lockText = (digests: string) =>
      `{"apiVersion": "edgewave.dev/v1alpha1", "kind": "ReleaseLock", "release": "2026.11.0", "digests": ${digests}}`;

    it("can be read as if it were not there, for what makes it", () => {
      const files = valid.map((file) => (file.path.startsWith("releases/") ? { ...file, text: locked } : file));
      const { fleet, findings: found } = assembleFleet(files, builtInKnowledge, [], { ignoreLocks: true });
      expect(found).to.deep.equal([]);
      expect(fleet?.releases[0]?.lock).to.equal(undefined);
    });

    it("need the lock's file", () => {
      expect(findings({ "releases/2026.11.0.yaml": locked }).map(short)).to.deep.equal([
        `EDGE-FILE-001 releases/2026.11.0.yaml:${lineOf(locked, "lock:")} spec.lock: the lock releases/2026.11.0.lock.json does not exist`,
      ]);
    });

    it("need digests in it, not tags", () => {
      const digests = '{"quay.io/a/b":\n{"tag": "v1", "index": "latest"}}';
      expect(withLock(lockText(digests))[0]).to.match(
        /^EDGE-VALUE-003 releases\/2026\.11\.0\.lock\.json:2 digests\."quay\.io\/a\/b"\.index: must be a digest/,
      );
    });

    it("need all digests in it", () => {
      expect(withLock(lockText("{}"))[0]).to.match(
        /^EDGE-REL-006 releases\/2026\.11\.0\.yaml:\d+ spec\.lock: the lock has no amd64 digest/,
      );
    });

    it("cannot name a file elsewhere", () => {
      const found = findings({ "releases/2026.11.0.yaml": locked.replace("2026.11.0.lock.json", "../../x.lock.json") });
      expect(found[0]?.code).to.equal("EDGE-VALUE-003");
    });
  });
});

describe("defaults of a fleet", () => {
  const fleetWith = (defaults: string) => (valid[0]?.text ?? "").concat(`  defaults:\n${defaults}`);
  const bare = site
    .replace("  timeZone: Europe/Lisbon\n", "")
    .replace(/ {4}dnsServers:\n.*\n/, "")
    .replace(/ {4}podCidr:.*\n/, "");

  it("fill what a site leaves out", () => {
    const text = fleetWith(
      "    timeZone: Europe/Madrid\n    network:\n      dnsServers: [10.0.0.53]\n      podCidr: 10.233.128.0/18\n",
    );
    const files = [
      { path: "fleet.yaml", text },
      { path: "sites/porto.yaml", text: bare },
    ];
    const { fleet, findings } = assembleFleet(files, builtInKnowledge);
    expect(findings).to.deep.equal([]);
    expect(fleet?.sites[0]).to.deep.include({ timeZone: "Europe/Madrid" });
    expect(fleet?.sites[0]?.network).to.deep.include({ dnsServers: ["10.0.0.53"], podCidr: "10.233.128.0/18" });
  });

  it("are missed with the two places where they could be", () => {
    const found = findings({ "sites/porto.yaml": bare });
    expect(found.map((finding) => [finding.code, finding.path])).to.deep.equal([
      ["EDGE-KEY-002", "spec.timeZone"],
      ["EDGE-KEY-002", "spec.network.dnsServers"],
    ]);
    expect(found[0]?.hint).to.equal("Add it to the site, or to spec.defaults.timeZone of fleet.yaml for all sites.");
  });

  it("are known while another part of fleet.yaml is broken", () => {
    const broken = (valid[0]?.text ?? "").replace("domain:", "domian:");
    const found = findings({ "fleet.yaml": `${broken}  defaults: {timeZone: UTC}\n`, "sites/porto.yaml": bare });
    expect(found.map(({ code, file, path }) => [code, file, path])).to.deep.equal([
      ["EDGE-KEY-001", "fleet.yaml", "spec.domian"],
      ["EDGE-KEY-002", "sites/porto.yaml", "spec.network.dnsServers"],
    ]);
  });

  it("are not missed while they are broken themselves", () => {
    const found = findings({ "fleet.yaml": fleetWith("    timeZoon: UTC\n"), "sites/porto.yaml": bare });
    expect(found.map(({ code, file }) => [code, file])).to.deep.equal([["EDGE-KEY-001", "fleet.yaml"]]);
  });
});
