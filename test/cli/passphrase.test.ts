import { expect } from "chai";
import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { findPassphrase } from "../../cli/passphrase";
import { withFolder } from "../support/edgewave";
import { userErrorOf } from "../support/userError";

describe("the passphrase of the stacks' secrets", () => {
  it("is what the environment says, before any file", () =>
    withFolder(async (out) => {
      writeFileSync(path.join(out, "passphrase"), "from the file");
      const found = await findPassphrase({ PULUMI_CONFIG_PASSPHRASE: "" }, out);
      expect(found).to.deep.equal({ environment: { PULUMI_CONFIG_PASSPHRASE: "" }, generated: undefined });
    }));

  it("is in the file that the environment names", () =>
    withFolder(async (out) => {
      const file = path.join(out, "mine");
      writeFileSync(file, "words");
      const found = await findPassphrase({ PULUMI_CONFIG_PASSPHRASE_FILE: file }, out);
      expect(found).to.deep.equal({ environment: { PULUMI_CONFIG_PASSPHRASE_FILE: file }, generated: undefined });
    }));

  it("fails for a named file that cannot be read, and does not make one instead", () =>
    withFolder(async (out) => {
      const failure = await userErrorOf(findPassphrase({ PULUMI_CONFIG_PASSPHRASE_FILE: path.join(out, "gone") }, out));
      expect(failure.code).to.equal("EDGE-CLI-010");
      expect(failure.message).to.contain(path.join(out, "gone"));
    }));

  it("is made once, for its owner alone, and found again", () =>
    withFolder(async (folder) => {
      const out = path.join(folder, "out");
      const file = path.join(out, "passphrase");
      expect((await findPassphrase({}, out)).generated).to.equal(file);
      const made = readFileSync(file, "utf8");
      expect(made.trim()).to.match(/^[-_A-Za-z0-9]{43}$/);
      expect(statSync(file).mode & 0o777).to.equal(0o600);
      expect((await findPassphrase({}, out)).generated).to.equal(undefined);
      expect(readFileSync(file, "utf8")).to.equal(made);
    }));

  it("is never an empty file, such as a full disk leaves", () =>
    withFolder(async (out) => {
      writeFileSync(path.join(out, "passphrase"), " \n");
      const failure = await userErrorOf(findPassphrase({}, out));
      expect(failure.code).to.equal("EDGE-CLI-015");
      expect(failure.message).to.contain(path.join(out, "passphrase"));
    }));

  it("is one for two first commands at once", () =>
    withFolder(async (out) => {
      const found = await Promise.all([findPassphrase({}, out), findPassphrase({}, out), findPassphrase({}, out)]);
      expect(found.filter(({ generated }) => generated !== undefined)).to.have.length(1);
      expect(readdirSync(out)).to.deep.equal(["passphrase"]);
    }));

  it("is not made where there is state that another one has encrypted", () =>
    withFolder(async (out) => {
      mkdirSync(path.join(out, "state", ".pulumi", "stacks"), { recursive: true });
      const failure = await userErrorOf(findPassphrase({}, out));
      expect(failure.code).to.equal("EDGE-CLI-011");
      expect(failure.exit).to.equal(2);
    }));
});
