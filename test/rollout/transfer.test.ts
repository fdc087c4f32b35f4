import { expect } from "chai";
import type { LockedImage, Release } from "../../fleet/model";
import { transfersOf, type TransferSite } from "../../rollout/transfer";
import { aRelease } from "../support/fleet";

const mebibyte = 1024 ** 2;

/** Images with one size for both architectures, whose digests tell them apart. */
const release = (name: string, images: Record<string, readonly [digest: string, bytes: number | undefined]>): Release =>
  aRelease({
    name,
    lock: {
      release: name,
      digests: Object.fromEntries(
        Object.entries(images).map(([repository, [digest, bytes]]): [string, LockedImage] => [
          repository,
          {
            tag: "1",
            index: `index-${digest}`,
            amd64: `amd64-${digest}`,
            ...(bytes !== undefined && { bytes: { amd64: bytes, arm64: 7 * mebibyte } }),
          },
        ]),
      ),
    },
  });

const site = (name: string, overrides: Partial<TransferSite> = {}): TransferSite => ({
  ...{ name, target: "field", architecture: "amd64", link: { bandwidthMbit: 8 } },
  ...overrides,
});

describe("transfersOf", () => {
  const october = release("2026.10.0", { gitea: ["a", 30 * mebibyte], loki: ["b", 10 * mebibyte] });
  const november = release("2026.11.0", { gitea: ["a", 30 * mebibyte], loki: ["c", 20 * mebibyte] });
  const ofOne = (one: TransferSite, to = november, from?: Release) => transfersOf([one], to, () => from).get(one.name);

  it("reckons all images of the lock for a site without an earlier release, over its own bandwidth", () => {
    const bytes = 50 * mebibyte;
    expect(ofOne(site("a"))).to.deep.equal({ bytes, seconds: bytes / 1_000_000 });
    expect(ofOne(site("a", { link: { bandwidthMbit: 0.5 } }))).to.deep.equal({ bytes, seconds: bytes / 62_500 });
  });

  it("leaves out what the release before had by the same digest", () => {
    expect(ofOne(site("a"), november, october)?.bytes).to.equal(20 * mebibyte);
  });

  it("keeps sites apart that come from different releases", () => {
    const found = transfersOf([site("old"), site("new"), site("there")], november, (name) =>
      name === "old" ? october : name === "there" ? november : undefined,
    );
    expect([...found].map(([name, { bytes }]) => [name, bytes])).to.deep.equal([
      ["old", 20 * mebibyte],
      ["new", 50 * mebibyte],
    ]);
  });

  it("says nothing of a site that is only rendered, or of one whose architecture the images lack", () => {
    expect(ofOne(site("a", { target: "render" }))).to.equal(undefined);
    expect(ofOne(site("a", { architecture: "arm64" }))).to.equal(undefined);
  });

  it("says nothing where the lock has no sizes, or where there is no lock", () => {
    expect(ofOne(site("a"), release("2026.11.0", { gitea: ["a", undefined] }))).to.equal(undefined);
    expect(ofOne(site("a"), aRelease())).to.equal(undefined);
  });
});
