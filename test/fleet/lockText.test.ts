import { expect } from "chai";
import fc from "fast-check";
import { parse } from "yaml";
import { lockText, withLockNamed } from "../../fleet/lockText";
import { readLock } from "../../fleet/readLock";
import { aLock } from "../support/fleet";

describe("the text of a lock", () => {
  it("is read as what was written", () => {
    const { lock, problems, placed } = readLock("releases/a.lock.json", lockText(aLock()));
    expect([...problems, ...placed]).to.deep.equal([]);
    expect(lock).to.deep.equal(aLock());
  });

  it("keeps sizes where they were asked for", () => {
    const whole = aLock();
    const sized = {
      ...whole,
      digests: Object.fromEntries(
        Object.entries(whole.digests).map(([repository, image], index) => [
          repository,
          index % 2 === 0 ? image : { ...image, bytes: { amd64: 1000 + index, arm64: 900 } },
        ]),
      ),
    };
    expect(readLock("releases/a.lock.json", lockText(sized)).lock).to.deep.equal(sized);
  });

  it("is read in the older form, which had no charts, and stays in it", () => {
    const { charts: _charts, ...older } = aLock();
    const { lock, problems } = readLock("releases/a.lock.json", lockText({ ...older, charts: undefined }));
    expect(problems).to.deep.equal([]);
    expect(lock).to.deep.equal({ ...older, charts: undefined });
  });

  it("is the same bytes in whatever order the charts were resolved", () => {
    const lock = aLock();
    const charts = Object.entries(lock.charts ?? {});
    fc.assert(
      fc.property(fc.shuffledSubarray(charts, { minLength: charts.length }), (entries) => {
        expect(lockText({ ...lock, charts: Object.fromEntries(entries) })).to.equal(lockText(lock));
      }),
    );
  });

  it("is the same bytes in whatever order the images were resolved", () => {
    const lock = aLock();
    fc.assert(
      fc.property(fc.shuffledSubarray(Object.entries(lock.digests), { minLength: 30 }), (entries) => {
        const whole = Object.keys(lock.digests).length === entries.length;
        const text = lockText({ ...lock, digests: Object.fromEntries(entries) });
        expect(text === lockText(lock)).to.equal(whole);
      }),
    );
  });
});

describe("a release that is to name its lock", () => {
  const release = `# the autumn release
apiVersion: edgewave.dev/v1alpha1
kind: Release
metadata:
  name: 2026.11.0
spec:
  date: 2026-11-02 # a Monday
  kubernetes: 1.35.4
  kubespray: v2.31.0 # the newest
  components:
    gitea: 1.26.1
`;
  const named = (text: string, name = "2026.11.0") => withLockNamed(text, name, `${name}.lock.json`);

  it("gets one line, and every other byte stays", () => {
    expect(named(release)).to.equal(release.replace("# the newest\n", "# the newest\n  lock: 2026.11.0.lock.json\n"));
  });

  it("is found among other documents of its file", () => {
    const other = release.replace("name: 2026.11.0", "name: 2026.10.0");
    const both = named(`${other}---\n${release}`);
    expect(both).to.equal(`${other}---\n${named(release)}`);
    expect(named(`${release}---\n${other}`)).to.equal(`${named(release)}---\n${other}`);
  });

  it("may end without a line break", () => {
    const short = release.slice(0, release.indexOf(" # the newest"));
    expect(parse(named(short) ?? "").spec).to.deep.equal({ ...parse(short).spec, lock: "2026.11.0.lock.json" });
  });

  for (const [what, text] of [
    ["names one already", release.replace("spec:\n", "spec:\n  lock: x.lock.json\n")],
    [
      "is written in one line",
      "apiVersion: a\nkind: Release\nmetadata: {name: 2026.11.0}\nspec: {kubespray: v2.31.0}\n",
    ],
    ["is not there", release.replace("2026.11.0", "2026.12.0")],
  ] as const) {
    it(`is left alone if it ${what}`, () => expect(named(text)).to.equal(undefined));
  }
});
