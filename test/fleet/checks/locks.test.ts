import { expect } from "chai";
import { checkLocked, checkLocks } from "../../../fleet/checks/locks";
import { codes } from "../../../fleet/codes";
import type { LockedChart, LockedImage, ReleaseLock } from "../../../fleet/model";
import { aFleet, aLock, aRelease, aRollout, aSite, sites } from "../../support/fleet";
import { problems } from "./context";

const whole = aLock();
const withLock = (lock: Partial<ReleaseLock>) => aFleet({ releases: [{ ...aRelease(), lock: { ...whole, ...lock } }] });
const gitea = "docker.gitea.com/gitea";
const locked = whole.digests[gitea] as LockedImage;

describe("the lock of a release", () => {
  it("may be absent while sites are only rendered", () => {
    expect(problems(checkLocks, aFleet())).to.deep.equal([]);
    expect(problems(checkLocked, aFleet())).to.deep.equal([]);
  });

  it("has a digest of every image for the architectures in the fleet", () => {
    expect(problems(checkLocks, withLock({}))).to.deep.equal([]);
  });

  it("names the images that it lacks", () => {
    const { [gitea]: _gitea, ...digests } = whole.digests;
    expect(problems(checkLocks, withLock({ digests }))).to.deep.equal([
      "EDGE-REL-006 spec.lock: the lock has no amd64 digest for docker.gitea.com/gitea",
    ]);
  });

  it("must know an architecture as soon as one site has it", () => {
    const amd64 = aFleet({ releases: [{ ...aRelease(), lock: aLock(aRelease(), ["amd64"]) }] });
    expect(problems(checkLocks, amd64)).to.deep.equal([]);
    const mixed = sites(2, (index) => ({ architecture: index === 0 ? "amd64" : "arm64" }));
    const found = problems(checkLocks, { ...amd64, sites: mixed });
    expect(found).to.have.lengthOf(1);
    expect(found[0]).to.match(/^EDGE-REL-006 spec\.lock: the lock has no arm64 digest for .* and \d+ more$/);
  });

  it("is stale once the release names another version, or no longer has an image", () => {
    const digests = {
      ...whole.digests,
      [gitea]: { ...locked, tag: "1.25.4-rootless" },
      "docker.io/library/old": locked,
    };
    expect(problems(checkLocks, withLock({ digests }))).to.deep.equal([
      "EDGE-REL-008 spec.lock: the lock has docker.gitea.com/gitea 1.25.4-rootless and not 1.26.1-rootless",
      "EDGE-REL-008 spec.lock: the lock has images that the release has not: docker.io/library/old",
    ]);
  });

  it("is stale if it was made for another release", () => {
    expect(problems(checkLocks, withLock({ release: "2026.10.0" }))).to.deep.equal([
      'EDGE-REL-008 spec.lock: the lock is of release "2026.10.0"',
    ]);
  });
});

describe("the charts of a lock", () => {
  const charts = whole.charts ?? {};
  const loki = charts["loki"] as LockedChart;

  it("are all of the release's", () => {
    const { loki: _loki, velero: _velero, ...rest } = charts;
    expect(problems(checkLocks, withLock({ charts: rest }))).to.deep.equal([
      "EDGE-REL-006 spec.lock: the lock has no digest for charts loki, velero",
    ]);
  });

  it("are stale once the release names another version, the catalog another source, or nobody the chart", () => {
    const changed = {
      ...charts,
      loki: { ...loki, version: "18.6.0" },
      velero: { ...(charts["velero"] as LockedChart), source: "https://elsewhere.example" },
      old: loki,
    };
    expect(problems(checkLocks, withLock({ charts: changed }))).to.deep.equal([
      "EDGE-REL-008 spec.lock: the lock has chart loki 18.6.0 and not 18.11.0, " +
        "chart velero https://elsewhere.example and not https://vmware-tanzu.github.io/helm-charts",
      "EDGE-REL-008 spec.lock: the lock has charts that the release has not: old",
    ]);
  });

  it("are a warning that says to lock again where a lock is from before there were any", () => {
    const found = problems(checkLocks, withLock({ charts: undefined }));
    expect(found).to.have.lengthOf(1);
    expect(found[0]).to.match(/^EDGE-REL-010 spec\.lock: .* none of the release's \d+ charts$/);
    expect(codes["EDGE-REL-010"].severity).to.equal("warning");
    expect(codes["EDGE-REL-010"].fix).to.contain("edgewave release lock");
  });
});

describe("a release without a lock", () => {
  for (const target of ["field", "cluster"] as const) {
    it(`is refused for sites with target ${target} that a rollout takes to it`, () => {
      expect(problems(checkLocked, aFleet({ sites: [aSite({ target })] }))).to.deep.equal([
        `EDGE-REL-009 spec: the release has no lock, and sites with target ${target} are to get it (porto)`,
      ]);
    });
  }

  it("is not refused for sites that no rollout takes to it", () => {
    const elsewhere = aRollout({ selector: { names: ["vigo"] } });
    expect(problems(checkLocked, aFleet({ sites: [aSite({ target: "field" })], rollouts: [elsewhere] }))).to.deep.equal(
      [],
    );
  });

  it("is not spoken of while its lock cannot be read", () => {
    const fleet = aFleet({ sites: [aSite({ target: "field" })] });
    expect(problems(checkLocked, fleet, { unreadLocks: new Set(["2026.11.0"]) })).to.deep.equal([]);
  });

  it("is taken once it is locked", () => {
    const releases = [{ ...aRelease(), lock: aLock() }];
    expect(problems(checkLocked, aFleet({ sites: [aSite({ target: "field" })], releases }))).to.deep.equal([]);
  });
});
