import { expect } from "chai";
import type { FleetReading } from "../../fleet/read";
import { siteArgsOf, StackSettingsError, type StackSettings } from "../../stacks/settings";
import { aFleet, aRelease } from "../support/fleet";

const reading = (fleet: FleetReading["fleet"] = aFleet()): Pick<FleetReading, "fleet" | "findings"> => ({
  fleet,
  findings: [],
});
const settings = (more: Partial<StackSettings> = {}): StackSettings => ({
  fleet: "fleet",
  out: undefined,
  release: undefined,
  signers: undefined,
  ...more,
});
const twoReleases = aFleet({ releases: [aRelease({ name: "2026.10.0" }), aRelease()] });

describe("a stack's configuration", () => {
  it("finds the site by the stack's name and the release if there is only one", () => {
    const args = siteArgsOf(reading(), settings(), "porto", "/repo");
    expect(args.site.name).to.equal("porto");
    expect(args.release.name).to.equal("2026.11.0");
    expect(args.fleet).to.have.keys("name", "domain", "hub");
  });

  const folders: readonly (readonly [string | undefined, string])[] = [
    [undefined, "/repo/out/harbours/sites/porto"],
    ["elsewhere", "/repo/elsewhere/sites/porto"],
    ["/srv/out", "/srv/out/sites/porto"],
  ];
  for (const [out, folder] of folders) {
    it(`puts files into ${folder} for out = ${out}`, () => {
      expect(siteArgsOf(reading(), settings({ out }), "porto", "/repo").outputDirectory).to.equal(folder);
    });
  }

  it("takes the release that is chosen", () => {
    expect(siteArgsOf(reading(twoReleases), settings({ release: "2026.10.0" }), "porto", "/").release.name).to.equal(
      "2026.10.0",
    );
  });

  it("takes a signer from each line, and none where there are none", () => {
    const of = (signers: string | undefined) => siteArgsOf(reading(), settings({ signers }), "porto", "/").signers;
    expect(of("ssh-ed25519 AAAA one\n\n  ssh-ed25519 BBBB two \n")).to.deep.equal([
      "ssh-ed25519 AAAA one",
      "ssh-ed25519 BBBB two",
    ]);
    expect(of(undefined)).to.deep.equal([]);
    expect(of("\n")).to.deep.equal([]);
  });

  it("is refused without a choice among several releases, and lists them", () => {
    expect(() => siteArgsOf(reading(twoReleases), settings(), "porto", "/")).to.throw(
      StackSettingsError,
      /several releases.*pulumi config set edgewave:release.*2026\.10\.0, 2026\.11\.0/s,
    );
  });

  it("is refused for a release that is not there, even if there is only one", () => {
    expect(() => siteArgsOf(reading(), settings({ release: "1" }), "porto", "/")).to.throw(
      StackSettingsError,
      'no release "1"',
    );
  });

  it("is refused for a stack that is no site, and lists the sites", () => {
    expect(() => siteArgsOf(reading(), settings(), "dev", "/")).to.throw(StackSettingsError, /no site "dev".*porto/s);
  });

  it("is refused with every error of a fleet that has some, and without its warnings", () => {
    const finding = (code: string, severity: "error" | "warning") => {
      return {
        code,
        severity,
        file: "sites/a.yaml",
        line: 3,
        path: "spec.x",
        message: "is wrong",
        hint: "Correct it.",
      };
    };
    const findings = [finding("EDGE-A-001", "error"), finding("EDGE-B-002", "warning"), finding("EDGE-C-003", "error")];
    expect(() => siteArgsOf({ fleet: undefined, findings }, settings(), "porto", "/")).to.throw(
      StackSettingsError,
      /2 errors:\n {2}EDGE-A-001 sites\/a\.yaml:3 spec\.x: is wrong\. Correct it\.\n {2}EDGE-C-003[^\n]*$/,
    );
  });
});
