import { join } from "node:path";

import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import * as tls from "@pulumi/tls";
import { expect } from "chai";

import type { Engine } from "../contract/engines";
import { EMBEDDED, official, Place } from "../contract/engines";
import { note, REPLACED } from "../contract/programs";
import { describeExchange } from "./exchange";

class Site extends pulumi.ComponentResource {
  readonly fingerprint: pulumi.Output<string>;

  constructor(name: string, place: Place, step: number) {
    super("contract:index:Site", name, {});
    const key = new tls.PrivateKey(`${name}-key`, { algorithm: "ED25519" }, { parent: this });
    const password = new random.RandomPassword(`${name}-password`, { length: 20 }, { parent: this });
    note(place, `${name}-note`, { value: password.result }, { parent: this });
    const provider = new kubernetes.Provider(
      `${name}-render`,
      { renderYamlToDirectory: join(place.folder, `rendered-${name}`) },
      { parent: this },
    );
    const inRender = { parent: this, provider };
    const namespace = new kubernetes.core.v1.Namespace(`${name}-ns`, { metadata: { name } }, inRender);
    new kubernetes.core.v1.ConfigMap(
      `${name}-config`,
      { metadata: { name: "config", namespace: namespace.metadata.name }, data: { step: String(step) } },
      inRender,
    );
    new kubernetes.core.v1.Secret(
      `${name}-secret`,
      { metadata: { name: "secret", namespace: namespace.metadata.name }, stringData: { password: password.result } },
      inRender,
    );
    this.fingerprint = key.publicKeyFingerprintSha256;
    this.registerOutputs({ fingerprint: this.fingerprint });
  }
}

const PROGRAMS: Readonly<Record<string, (place: Place, step: number) => () => Promise<Record<string, unknown>>>> = {
  "a site of every kind": (place, step) => async () => ({ fingerprint: new Site("porto", place, step).fingerprint }),
  certificates: (_, step) => async () => {
    const key = new tls.PrivateKey("ca-key", { algorithm: "ECDSA", ecdsaCurve: "P256" });
    const subject = { commonName: "edge", organization: `step ${step}` };
    const usages = { allowedUses: ["digital_signature"], validityPeriodHours: 24 };
    const ca = new tls.SelfSignedCert("ca", {
      privateKeyPem: key.privateKeyPem,
      isCaCertificate: true,
      subject,
      ...usages,
    });
    const request = new tls.CertRequest("request", { privateKeyPem: key.privateKeyPem, subject });
    const cert = new tls.LocallySignedCert("cert", {
      caCertPem: ca.certPem,
      caPrivateKeyPem: key.privateKeyPem,
      certRequestPem: request.certRequestPem,
      ...usages,
    });
    return { cert: cert.certPem };
  },
  "replacements and chance": (place, step) => async () => {
    const id = new random.RandomId("id", { byteLength: 4, keepers: { step: String(step) } });
    const integer = new random.RandomInteger("integer", { min: 1, max: 9 });
    const word = new random.RandomString("word", { length: 8, special: false }, { protect: false });
    const shuffle = new random.RandomShuffle("shuffle", { inputs: ["a", "b", "c"] });
    note(place, "first", { value: id.hex }, { ...REPLACED, deleteBeforeReplace: true });
    note(place, "second", { value: word.result });
    note(place, step === 1 ? "before" : "after", {}, step === 1 ? {} : { aliases: [{ name: "before" }] });
    return { secret: pulumi.secret({ nested: [integer.result] }), shuffle: shuffle.results };
  },
};

/** Up with one engine; no changes, an update and destroy with the other. */
async function exchange(name: string, first: Engine, second: Engine): Promise<void> {
  await Place.with(async (place) => {
    const program = PROGRAMS[name] as NonNullable<(typeof PROGRAMS)[string]>;
    const made = await (await place.stack(first, program(place, 1))).up();
    const same = await place.stack(second, program(place, 1));
    await same.preview({ expectNoChanges: true });
    expect(await same.outputs()).to.deep.equal(made.outputs);
    const changed = await place.stack(second, program(place, 2));
    await changed.up();
    await (await place.stack(first, program(place, 2))).preview({ expectNoChanges: true });
    await changed.destroy();
    expect(await place.resources()).to.deep.equal([]);
  });
}

describeExchange("the exchange of engines over one state", () => {
  for (const name of Object.keys(PROGRAMS)) {
    it(`${name}: up embedded, then official`, () => exchange(name, EMBEDDED, official()));
    it(`${name}: up official, then embedded`, () => exchange(name, official(), EMBEDDED));
  }
});
