import { expect } from "chai";
import { cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { runCli } from "../../cli/run";
import { openSecret, type SealedSecret } from "../../gitops/sops/seal";
import { withFolder } from "../support/edgewave";
import { recordedIo } from "../support/io";
import { harbours } from "../support/rollout";

const run = async (argv: string[], cwd: string, input = "") => {
  const io = recordedIo(cwd, {}, input);
  const code = await runCli(argv, io);
  return { code, out: io.out(), err: io.err() };
};

describe("edgewave explain", () => {
  const explain = (site: string, subject: string, ...more: string[]) =>
    run(["explain", site, subject, "--fleet", harbours, ...more], harbours);

  it("marks the layer whose value counts, with file and line", async () => {
    const { code, out } = await explain("vigo", "spec.link.maxOutage");
    expect(code).to.equal(0);
    expect(out).to.equal(
      [
        "vigo  spec.link.maxOutage = 72h",
        "  built-in  72h",
        "  fleet     says nothing  fleet.yaml:4",
        "* site      72h  sites/vigo.yaml:32",
        "",
      ].join("\n"),
    );
  });

  it("says of a mapping that each layer adds to it", async () => {
    const { out } = await explain("vigo", "spec.ingestion");
    expect(out)
      .to.match(/^\* fleet .*messageBytes/m)
      .and.match(/^\* site .*messagesPerSecond/m);
    expect(out).to.include("each layer adds its keys");
  });

  it("gives the same as JSON, of a Helm value that an override sets", async () => {
    const { out } = await explain("lerwick", "loki:loki.limits_config.retention_period", "--json");
    const { layers, value } = JSON.parse(out) as { layers: { layer: string; source: string }[]; value: string };
    expect(value).to.equal("336h");
    expect(layers.at(-1)).to.deep.include({ layer: "override for labels", source: "overrides/satellite-logs.yaml:14" });
  });

  const wrong: readonly (readonly [string, string, string])[] = [
    ["a path that is none", "a..b", "EDGE-CLI-072"],
    ["a subject without a name", ":spec", "EDGE-CLI-072"],
    ["a setting of which nobody speaks", "spec.nothing", "EDGE-CLI-073"],
    ["an object that is not there", "Deployment/loki:spec", "EDGE-CLI-073"],
    ["a service that the site does not have", "strimzi-kafka-operator:replicas", "EDGE-CLI-073"],
  ];
  for (const [what, subject, code] of wrong) {
    it(`refuses ${what}`, async () => {
      const result = await explain("vigo", subject);
      expect(result.code).to.equal(2);
      expect(result.err).to.include(code);
    });
  }
});

describe("edgewave seal", () => {
  const secret =
    "apiVersion: v1\nkind: Secret\nmetadata: { name: smtp, namespace: monitoring }\nstringData: { password: hunter2 }\n";
  const inCopy = (test: (folder: string) => Promise<void>) =>
    withFolder(async (folder) => {
      cpSync(harbours, path.join(folder, "fleet"), { recursive: true });
      await test(folder);
    });
  const seal = (folder: string, input: string) => run(["seal", "vigo", "--fleet", "fleet"], folder, input);

  it("prints an override that check takes and the site's kept key opens, and shows no value", async () => {
    await inCopy(async (folder) => {
      const { code, out, err } = await seal(folder, secret);
      expect(err).to.equal("");
      expect(code).to.equal(0);
      expect(out).not.to.include("hunter2");
      writeFileSync(path.join(folder, "fleet", "overrides", "vigo-secrets.yaml"), out);
      const checked = await run(["check", "--files-only", "--fleet", "fleet"], folder);
      expect(checked.out).to.include("no findings");
      const key = path.join(folder, "out", "harbours", "sops", "vigo.agekey");
      expect(statSync(key).mode & 0o777).to.equal(0o600);
      const [sealed] = (parse(out) as { spec: { objects: SealedSecret[] } }).spec.objects;
      expect((await openSecret(sealed!, readFileSync(key, "utf8").trim())).stringData).to.deep.equal({
        password: "hunter2",
      });
    });
  });

  it("makes one key for a site and keeps it", async () => {
    await inCopy(async (folder) => {
      await seal(folder, secret);
      const key = () => readFileSync(path.join(folder, "out", "harbours", "sops", "vigo.agekey"), "utf8");
      const first = key();
      await seal(folder, secret);
      expect(key()).to.equal(first);
      expect(readdirSync(path.join(folder, "out", "harbours", "sops"))).to.deep.equal(["vigo.agekey"]);
    });
  });

  it("does not make a new key in silence where something is encrypted for the one that is gone", async () => {
    await inCopy(async (folder) => {
      mkdirSync(path.join(folder, "out", "harbours", "sealed", "vigo"), { recursive: true });
      const { code, err } = await seal(folder, secret);
      expect(code).to.equal(2);
      expect(err).to.include("EDGE-CLI-071");
    });
  });

  it("takes no password of a site's people that is in clear or weak, and does not show it", async () => {
    await inCopy(async (folder) => {
      const people = (value: string) =>
        `apiVersion: v1\nkind: Secret\nmetadata: { name: dex-people, namespace: dex }\nstringData: { anna: "${value}" }\n`;
      const hash = "$2a$04$G0KKvy3v5bTCyDYvc0jYT.qQjHKEBp8foPDJZL4RdyWP4OPwm6nS.";
      for (const value of ["hunter2", hash]) {
        const { code, out, err } = await seal(folder, people(value));
        expect(code).to.equal(2);
        expect(err).to.include("EDGE-CLI-085").and.include("anna").and.not.include(value);
        expect(out).to.equal("");
      }
      expect((await seal(folder, people(hash.replace("$04$", "$12$")))).code).to.equal(0);
    });
  });

  const wrong: readonly (readonly [string, string])[] = [
    ["nothing", ""],
    ["something else than a Secret", "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a, namespace: b }\n"],
    ["a Secret without a namespace", "apiVersion: v1\nkind: Secret\nmetadata: { name: a }\n"],
    [
      "a Secret that is encrypted already",
      "apiVersion: v1\nkind: Secret\nmetadata: { name: a, namespace: b }\nsops: {}\n",
    ],
    ["what is no YAML", "a: [hunter2"],
  ];
  for (const [what, input] of wrong) {
    it(`refuses ${what} without showing a value`, async () => {
      await inCopy(async (folder) => {
        const { code, err } = await seal(folder, input);
        expect(code).to.equal(2);
        expect(err).to.include("EDGE-CLI-075").and.not.include("hunter2");
      });
    });
  }

  it("makes the logins that check asks for where the hub takes logs", async () => {
    await inCopy(async (folder) => {
      const file = path.join(folder, "fleet", "fleet.yaml");
      const text = readFileSync(file, "utf8")
        .replace("    kafkaBootstrap:", "    lokiUrl: https://loki.hub.harbours.example\n    kafkaBootstrap:")
        .replace("  defaults:\n", "  defaults:\n    platform: { logBytesPerSecond: 1000 }\n");
      writeFileSync(file, text);
      const before = await run(["check", "--files-only", "--fleet", "fleet", "--json"], folder);
      const asked = () => (JSON.parse(before.out) as { findings: { code: string; file: string }[] }).findings;
      expect(before.code).to.equal(2);
      expect(
        asked().filter(({ code, file: at }) => code === "EDGE-OBS-003" && at === "sites/vigo.yaml"),
      ).to.have.lengthOf(1);
      const login =
        "apiVersion: v1\nkind: Secret\nmetadata: { name: hub-loki, namespace: log-collector }\nstringData: { user: vigo, password: hunter2 }\n";
      const { out } = await seal(folder, login);
      writeFileSync(path.join(folder, "fleet", "overrides", "vigo-secrets.yaml"), out);
      const after = await run(["check", "--files-only", "--fleet", "fleet", "--json"], folder);
      const left = (JSON.parse(after.out) as { findings: { code: string; file: string }[] }).findings;
      expect(left.filter(({ file: at }) => at === "sites/vigo.yaml" || at.startsWith("overrides/"))).to.deep.equal([]);
    });
  });

  it("is what a secret in clear is told to use", async () => {
    await inCopy(async (folder) => {
      const objects = secret
        .split("\n")
        .map((line, index) => `    ${index === 0 ? "- " : "  "}${line}`)
        .join("\n");
      const text = `apiVersion: edgewave.dev/v1alpha1\nkind: Override\nmetadata: { name: clear }\nspec:\n  for: { site: vigo }\n  objects:\n${objects}\n`;
      writeFileSync(path.join(folder, "fleet", "overrides", "clear.yaml"), text);
      const { code, out } = await run(["check", "--files-only", "--fleet", "fleet"], folder);
      expect(code).to.equal(2);
      expect(out).to.include("overrides/clear.yaml:7").and.include("EDGE-OVER-005").and.include("edgewave seal");
    });
  });
});
