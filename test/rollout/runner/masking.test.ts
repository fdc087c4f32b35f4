import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { masker, secretsOf } from "../../../rollout/runner/masking";
import { SiteLog } from "../../../rollout/runner/siteLog";

describe("masking", () => {
  it("knows secrets by their variables' names, and leaves names of files alone", () => {
    const environment = {
      PULUMI_CONFIG_PASSPHRASE: "horse-battery",
      PULUMI_CONFIG_PASSPHRASE_FILE: "/etc/passphrase",
      GITEA_TOKEN: "t0ken",
      DB_PASSWORD: "abc",
      HOME: "/root",
      AWS_SECRET_ACCESS_KEY: undefined,
    };
    expect(secretsOf(environment)).to.have.members(["horse-battery", "t0ken"]);
  });

  it("masks the longer one of two secrets that overlap", () => {
    expect(masker(["horse", "horse-battery"])("a horse-battery and a horse")).to.equal("a [secret] and a [secret]");
  });

  it("masks a secret in a log that came in two pieces", async () => {
    const folder = await mkdtemp(join(tmpdir(), "edgewave-log-"));
    const log = new SiteLog(join(folder, "logs", "porto.log"), masker(["horse-battery"]));
    log.write("before horse-");
    log.write("battery after\nlast line without an end horse-");
    log.write("battery");
    log.close();
    expect(await readFile(join(folder, "logs", "porto.log"), "utf8")).to.equal(
      "before [secret] after\nlast line without an end [secret]\n",
    );
    await rm(folder, { recursive: true });
  });
});
