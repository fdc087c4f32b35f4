import { expect } from "chai";
import { ruleNamed } from "../../../policy/rules";
import { check, deployment, describeRule, file, helm, object, plain } from "../support";

const pem = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2Vw\n-----END PRIVATE KEY-----\n";
const map = (data: object) => object("core/ConfigMap", { data });
const env = (name: string, value: string) => deployment({ container: { env: [{ name, value }] } });
const args = (...words: string[]) => deployment({ container: { args: words } });
const argument = "spec.template.spec.containers[0].args";
const key = (props: object) => plain("tls:index/privateKey:PrivateKey", props);
const cert = (props: object) =>
  plain("tls:index/locallySignedCert:LocallySignedCert", {
    validityPeriodHours: 17520,
    earlyRenewalHours: 2160,
    ...props,
  });
const managed = (spec: object) => object("cert-manager.io/v1/Certificate", { spec });
const secret = (body: object) => object("core/Secret", body, "git");

describeRule("secret-in-clear", {
  passes: [
    ["text that is no secret", [map({ a: "hello, this is no secret" })]],
    ["a private key that is kept as a secret", [plain("command:local:Command", { stdin: pem }, ["stdin"])]],
    ["a reference to a Secret", [helm("a", { auth: { existingSecret: "s3-root-credentials" } })]],
    ["a variable that names a file", [env("DB_PASSWORD", "/run/secrets/password")]],
    ["an address whose password is filled in elsewhere", [map({ a: "amqps://me:SECRET[file.password]@host" })]],
  ],
  refuses: [
    [
      "a private key",
      [map({ "tls.key": pem })],
      ["ConfigMap room/thing", 'data."tls.key"', `a private key (${pem.length} characters)`, /Pulumi secret/],
    ],
    [
      "an address with a password",
      [map({ url: "https://me:hunter2hunter2@host/" })],
      ["ConfigMap room/thing", "data.url", "an address with a password (31 characters)", /Pulumi secret/],
    ],
    [
      "another resource's secret",
      [plain("random:index/x:X", { result: "correct horse" }, ["result"]), map({ a: "say correct horse now" })],
      ["ConfigMap room/thing", "data.a", "a secret of this stack (21 characters)", /Pulumi secret/],
    ],
    [
      "a variable with a password",
      [env("DB_PASSWORD", "hunter2hunter2")],
      [
        "Deployment room/thing",
        "spec.template.spec.containers[0].env[0].value",
        "a text (14 characters)",
        /reference to a Secret/,
      ],
    ],
    [
      "a password in Helm values",
      [helm("a", { adminPassword: "hunter2hunter2" })],
      ["HelmValues a", "values.adminPassword", "a text (14 characters)", /reference/],
    ],
    [
      "a Secret that is none to Pulumi",
      [object("core/Secret", { data: { a: "aHVudGVyMg==" } })],
      ["Secret room/thing", "data.a", "a text (12 characters)", /Pulumi secret/],
    ],
  ],
});

describe("secret-in-clear", () => {
  it("never shows what it has found", () => {
    const rule = ruleNamed("secret-in-clear")!;
    const found = check(rule, [
      map({ a: pem, b: "https://me:hunter2hunter2@host/" }),
      env("API_TOKEN", "hunter2hunter2"),
    ]);
    expect(found).to.have.length(3);
    expect(JSON.stringify(found)).to.not.match(/hunter2|MC4CAQ/);
  });

  it("leaves what a pack cannot know alone: whether a key of a provider was marked as secret", () => {
    const rule = ruleNamed("secret-in-clear")!;
    for (const resource of [
      plain("tls:index/certRequest:CertRequest", { privateKeyPem: pem }),
      plain("edgewave:images:ImageConfig", { registryPrivateKey: pem }),
      object("core/Secret", { stringData: { "tls.key": pem } }),
    ]) {
      expect(check(rule, [{ ...resource, secrets: undefined }]), resource.type).to.deep.equal([]);
      expect(check(rule, [resource]), `${resource.type}, not marked`).to.have.length(1);
    }
  });
});

describeRule("secret-on-command-line", {
  passes: [
    ["a file's content by standard input", [file("a", "b")]],
    ["a variable of the shell", [args("--password", "$(PASSWORD)")]],
    ["a file with the password", [args("--password=file:/run/p")]],
    ["a yes and no that is named like one", [args("--must-change-password=false")]],
  ],
  refuses: [
    [
      "an option with a password",
      [args("--password=hunter2")],
      ["Deployment room/thing", `${argument}[0]`, "an argument with a secret", /standard input/],
    ],
    [
      "an option and a word",
      [args("run", "--token", "hunter2")],
      ["Deployment room/thing", `${argument}[1]`, "an argument with a secret", /standard input/],
    ],
    [
      "a command that the stack keeps as a secret",
      [plain("command:local:Command", { create: "login me" }, ["create"])],
      ["Command thing", "create", "a command with a secret (8 characters)", /standard input/],
    ],
  ],
});

describeRule("sops-in-git", {
  passes: [
    ["an encrypted Secret", [secret({ data: { a: "ENC[AES256_GCM,data:x]" }, sops: { mac: "ENC[x]" } })]],
    ["a Secret of the stack", [object("core/Secret", { data: { a: "x" } })]],
  ],
  refuses: [
    ["a Secret in clear", [secret({ data: { a: "x" } })], ["Secret room/thing", "sops", "missing", /ENC\[\.\.\.\]/]],
    [
      "a value that was left in clear",
      [secret({ data: { a: "ENC[x]" }, stringData: { b: "x" }, sops: { mac: "ENC[x]" } })],
      ["Secret room/thing", "stringData.b", "in clear", /ENC/],
    ],
  ],
});

describeRule("key-strength", {
  passes: [
    ["ED25519", [key({ algorithm: "ED25519" })]],
    ["P-256", [key({ algorithm: "ECDSA", ecdsaCurve: "P256" })]],
    [
      "RSA with 3072 bits",
      [key({ algorithm: "RSA", rsaBits: 3072 }), managed({ privateKey: { algorithm: "RSA", size: 4096 } })],
    ],
    ["a long password", [plain("random:index/randomPassword:RandomPassword", { length: 16 })]],
  ],
  refuses: [
    [
      "RSA with 2048 bits",
      [key({ algorithm: "RSA", rsaBits: 2048 })],
      ["PrivateKey thing", "rsaBits", "2048 bits", /3072/],
    ],
    [
      "the provider's default of RSA",
      [key({ algorithm: "RSA" })],
      ["PrivateKey thing", "rsaBits", "2048 bits", /3072/],
    ],
    [
      "P-224, the provider's default",
      [key({ algorithm: "ECDSA" })],
      ["PrivateKey thing", "ecdsaCurve", "P224", /P256/],
    ],
    [
      "an algorithm that nobody knows",
      [key({ algorithm: "DSA" })],
      ["PrivateKey thing", "algorithm", '"DSA"', /ED25519/],
    ],
    ["cert-manager's default", [managed({})], ["Certificate room/thing", "spec.privateKey.size", "2048 bits", /3072/]],
    [
      "a short password",
      [plain("random:index/randomPassword:RandomPassword", { length: 15 })],
      ["RandomPassword thing", "length", "15 characters", /16/],
    ],
  ],
});

// The sample site bears 72 hours; the margin is 168 hours.
describeRule("certificate-lifetime", {
  passes: [
    ["a certificate of years", [cert({})]],
    ["exactly the outage and the margin", [cert({ earlyRenewalHours: 240 })]],
    ["cert-manager's default of 90 days", [managed({ privateKey: { algorithm: "Ed25519" } })]],
  ],
  refuses: [
    [
      "a renewal an hour too late",
      [cert({ earlyRenewalHours: 239 })],
      ["LocallySignedCert thing", "earlyRenewalHours", "239 h", /240 h: .* 72 h and a margin of 168 h/],
    ],
    [
      "no renewal",
      [cert({ earlyRenewalHours: undefined })],
      ["LocallySignedCert thing", "earlyRenewalHours", "0 h", /240 h/],
    ],
    [
      "three days of cert-manager",
      [managed({ duration: "72h" })],
      ["Certificate room/thing", "spec.duration", "72 h", /240 h/],
    ],
    [
      "what a greater margin asks for",
      [cert({})],
      ["LocallySignedCert thing", "earlyRenewalHours", "2160 h", /2161 h/],
      { settings: { marginHours: 2089 } },
    ],
  ],
});
