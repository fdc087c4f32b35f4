import { expect } from "chai";
import fc from "fast-check";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { helmValuesType, type Resource } from "../../policy/resource";
import { rules } from "../../policy/rules";
import { aSite } from "../support/fleet";
import { check } from "./support";

const folder = path.join(__dirname, "rules");

describe("the rules of the policy", () => {
  it("have names of their own, in kebab-case", () => {
    const names = rules.map(({ name }) => name);
    expect(new Set(names).size).to.equal(names.length);
    for (const name of names) expect(name).to.match(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
  });

  it("are in a file each, named after the rule", () => {
    const files = readdirSync(path.join(__dirname, "../../policy/rules"));
    for (const { name } of rules) {
      const file = `${name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())}.ts`;
      expect(files, name).to.include(file);
    }
  });

  it("say in sentences what may not be, why it matters and how to fix it", () => {
    for (const { name, description, why, fix } of rules) {
      for (const sentence of [description, why, fix]) expect(sentence, name).to.match(/^[A-Z].*\.$/);
    }
  });

  it("are each tested by breaking what passes", () => {
    const tested = readdirSync(folder)
      .map((file) => readFileSync(path.join(folder, file), "utf8"))
      .join("\n");
    for (const { name } of rules) expect(tested, name).to.include(`"${name}"`);
  });
});

/** Keys and values that rules look for, in shapes that they do not expect, beside anything else. */
const words = [
  "spec",
  "template",
  "containers",
  "image",
  "resources",
  "requests",
  "limits",
  "cpu",
  "metadata",
  "labels",
  "name",
  "namespace",
  "data",
  "securityContext",
  "capabilities",
  "add",
  "volumes",
  "hostPath",
  "replicas",
  "selector",
  "matchLabels",
  "matchExpressions",
  "env",
  "args",
  "values",
  "alertmanager",
  "config",
  "receivers",
  "route",
  "stdin",
  "environment",
  "RELATIVE",
  "create",
  "storage",
  "verify",
  "url",
  "sops",
  "kind",
  "apiVersion",
  "length",
  "algorithm",
];
const texts = [
  "apps/v1",
  "v1",
  "Deployment",
  "Secret",
  "inventory/hosts.yaml",
  "group_vars/all.yml",
  "a: [",
  "https://[",
  "500m",
  "-1",
  "quay.io/a/b:1@sha256:x",
  "[",
  "${x}",
  "://",
  "a@@b::c",
];
const anything = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 6 },
    fc.constantFrom(...texts),
    fc.string(),
    fc.integer(),
    fc.double(),
    fc.constant(null),
    fc.boolean(),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(
      fc.oneof(fc.constantFrom(...words, "__proto__", "constructor", "toString"), fc.string()),
      tie("value"),
      { maxKeys: 5 },
    ),
  ),
})).value;

const kinds = [
  "kubernetes:apps/v1:Deployment",
  "kubernetes:batch/v1:CronJob",
  "kubernetes:core/v1:Secret",
  "kubernetes:core/v1:Namespace",
  "kubernetes:kafka.strimzi.io/v1:Kafka",
  "kubernetes:kafka.strimzi.io/v1:KafkaNodePool",
  "kubernetes:policy/v1:PodDisruptionBudget",
  "kubernetes:networking.k8s.io/v1:NetworkPolicy",
  "kubernetes:source.toolkit.fluxcd.io/v1:OCIRepository",
  "kubernetes:cert-manager.io/v1:Certificate",
  "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding",
  "tls:index/privateKey:PrivateKey",
  "tls:index/locallySignedCert:LocallySignedCert",
  "command:local:Command",
  "random:index/randomPassword:RandomPassword",
  helmValuesType,
  "",
];

const resource: fc.Arbitrary<Resource> = fc.record({
  type: fc.constantFrom(...kinds),
  name: fc.string(),
  origin: fc.constantFrom("stack" as const, "git" as const),
  secrets: fc.option(fc.array(fc.constantFrom(...words), { maxLength: 2 }), { nil: undefined }),
  props: fc.tuple(anything, fc.constantFrom(...kinds)).map(([value, kind]) => {
    // Most are what their type says, so that rules get past the first question.
    const [, group = "", name = ""] = kind.split(":");
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? { ...(value as object), apiVersion: group.replace("core/", ""), kind: name }
      : value;
  }),
});

describe("every rule", () => {
  const world = { site: aSite({ profile: "ha-edge" }) };

  it("answers for any JSON, and answers the same twice", function () {
    this.timeout(120_000);
    fc.assert(
      fc.property(fc.array(resource, { maxLength: 4 }), (resources) => {
        const before = JSON.stringify(resources);
        for (const rule of rules) {
          if (rule.scope === "fleet") continue;
          const given = { ...world, deployed: resources.slice(1) };
          const first = check(rule, resources, given);
          expect(check(rule, resources, given), rule.name).to.deep.equal(first);
          for (const { message } of first) expect(message, rule.name).to.be.a("string").and.not.equal("");
        }
        expect(JSON.stringify(resources)).to.equal(before);
      }),
      { numRuns: 300 },
    );
  });

  it("corrects any JSON without a throw, and without touching what it is given", function () {
    this.timeout(120_000);
    fc.assert(
      fc.property(resource, (one) => {
        const before = JSON.stringify(one);
        for (const rule of rules) {
          if (rule.scope !== "resource" || rule.remediate === undefined) continue;
          const { context } = {
            context: { ...world, release: undefined, fleet: undefined, settings: {}, today: "2026-11-28" },
          };
          rule.remediate(one, context);
        }
        expect(JSON.stringify(one)).to.equal(before);
      }),
      { numRuns: 300 },
    );
  });
});
