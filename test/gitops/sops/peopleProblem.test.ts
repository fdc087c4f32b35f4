import { expect } from "chai";
import { peopleProblem } from "../../../gitops/sops/peopleProblem";
import type { SecretObject } from "../../../gitops/sops/seal";

const hash = (cost: string) => `$2a$${cost}$G0KKvy3v5bTCyDYvc0jYT.qQjHKEBp8foPDJZL4RdyWP4OPwm6nS.`;
const people = (values: Partial<SecretObject>, name = "dex-people"): SecretObject => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name, namespace: "dex" },
  ...values,
});

describe("passwords that are to be sealed for a site's issuer", () => {
  it("are bcrypt hashes that take an attacker time", () => {
    expect(peopleProblem(people({ stringData: { anna: hash("10"), bert: hash("12") } }))).to.equal(undefined);
    expect(peopleProblem(people({ stringData: { anna: hash("04") } }))).to.equal("the hash of anna has a cost of 4");
  });

  it("are never in clear, and never told", () => {
    const problem = peopleProblem(people({ stringData: { anna: "correct horse", bert: hash("12") } }));
    expect(problem).to.equal("anna is no bcrypt hash");
    const data = {
      anna: Buffer.from("correct horse").toString("base64"),
      bert: Buffer.from(hash("09")).toString("base64"),
    };
    expect(peopleProblem(people({ data }))).to.equal("anna is no bcrypt hash, the hash of bert has a cost of 9");
  });

  it("may have the directory's password beside them, and other Secrets hold what they like", () => {
    expect(peopleProblem(people({ stringData: { "ldap.bindPassword": "secret" } }))).to.equal(undefined);
    expect(peopleProblem(people({ stringData: { anna: "secret" } }, "other"))).to.equal(undefined);
  });
});
