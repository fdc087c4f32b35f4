import { expect } from "chai";
import fc from "fast-check";
import { assembleFleet } from "../../fleet/assemble";
import { unseen } from "../../fleet/characters";
import type { Finding } from "../../fleet/finding";
import { builtInKnowledge } from "../../fleet/knowledge";
import { formats, hasForm, type FormatName } from "../../fleet/schema/formats";
import { aFleet, aSite, type Overrides } from "../support/fleet";
import { fleetFiles } from "../support/fleetFiles";
import type { Fleet, ResolvedSite } from "../../fleet/model";

const findingsOf = (fleet: Fleet): readonly Finding[] => assembleFleet(fleetFiles(fleet), builtInKnowledge).findings;
const ofSite = (overrides: Overrides<ResolvedSite>) => findingsOf(aFleet({ sites: [aSite(overrides)] }));
const named = (findings: readonly Finding[]) =>
  findings.map(({ code, path, message }) => `${code} ${path}: ${message}`);

/** Characters that nobody sees, or that turn text around. */
const hidden = [
  ...["\u0000", "\u0009", "\u000a", "\u001b", "\u007f", "\u0080", "\u0085", "\u009b", "\u009f", "\u061c"],
  ...["\u200e", "\u200f", "\u2028", "\u2029", "\u202a", "\u202e", "\u2066", "\u2069", "\ufeff"],
];

describe("forms of text", () => {
  it("take no character that nobody sees, wherever it is", () => {
    const good = fc.constantFrom("a", "a.b", "a/b", "10.0.0.1", "https://a.example", "8Gi", "a b", "1.35.4", "a:1");
    const names = Object.keys(formats) as FormatName[];
    fc.assert(
      fc.property(fc.constantFrom(...names), good, fc.constantFrom(...hidden), fc.nat(17), (name, text, one, at) => {
        const place = Math.min(at, text.length);
        expect(hasForm(name, text.slice(0, place) + one + text.slice(place)), name).to.equal(false);
      }),
      { numRuns: 2000 },
    );
  });

  it("mean the same with and without the flag u, by which editors may read them", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary", maxLength: 12 }),
      fc.string({ unit: "grapheme", maxLength: 12 }),
      fc.string({ unit: fc.constantFrom("\ud83d", "\ude00", "a", " ", "\u00a0", "\u202e"), maxLength: 5 }),
    );
    const { pattern } = formats["edgewave-sentence"];
    fc.assert(
      fc.property(text, (one) => {
        expect(new RegExp(pattern.source, "u").test(one)).to.equal(pattern.test(one));
        if (pattern.test(one)) expect(one).to.not.match(new RegExp(`[${unseen}]`));
      }),
      { numRuns: 1000 },
    );
  });

  for (const reason of [
    "mast down",
    "x",
    "grúa \u{1f600}",
    "{{ cable }} cut",
    "a".repeat(200),
    "\u{1f600}".repeat(200),
  ]) {
    it(`take ${JSON.stringify(reason.slice(0, 20))} as a reason`, () => {
      expect(ofSite({ offline: { reason, since: "2026-10-28" } })).to.deep.equal([]);
    });
  }

  for (const reason of [
    "",
    " a",
    "a ",
    "a".repeat(201),
    ...hidden.flatMap((one) => [`a${one}b`, `${one}a`, `a${one}`]),
  ]) {
    it(`refuse ${JSON.stringify(reason.slice(0, 20))} as a reason, and show it escaped`, () => {
      const [found, ...others] = ofSite({ offline: { reason, since: "2026-10-28" } });
      expect(others).to.deep.equal([]);
      expect(found).to.include({ code: "EDGE-VALUE-003", path: "spec.offline.reason" });
      expect(found?.message).to.not.match(new RegExp(`[${unseen}]`));
    });
  }

  it("refuse half a character, which cannot be written as UTF-8", () => {
    for (const half of ["\ud800", "a\udc00b", "\ude00\ud83d"]) {
      expect(hasForm("edgewave-sentence", half), JSON.stringify(half)).to.equal(false);
    }
  });

  it("escape what a finding takes from anywhere, and not only quoted values", () => {
    const [porto] = fleetFiles(aFleet()).filter(({ path }) => path.startsWith("sites/"));
    const files = [{ path: "sites/\u202eotrop.yaml", text: `${porto!.text}\u009b31m: 1\n"\u202e": [` }];
    for (const { file, path, message, hint } of assembleFleet(files, builtInKnowledge).findings) {
      expect(file + path + message + hint).to.not.match(new RegExp(`[${unseen}]`));
    }
  });
});

describe("topics", () => {
  for (const topic of [
    "#",
    "+",
    "a",
    "a/b",
    "a/#",
    "+/+/#",
    "+/a",
    "Cranes/STS-1/load.kN",
    "a".repeat(255),
    "v1:x@y=z,~",
  ]) {
    it(`may be ${topic.slice(0, 40)}`, () => expect(ofSite({ ingestion: { topics: [topic] } })).to.deep.equal([]));
  }

  const refused = [
    ...["", "/a", "a//b", "a/", "a/#/b", "a#", "a+", "a/b+", "$SYS/x", "$share/g/t", "#/#"],
    ...['a"b', "a'b", "a b", "${HOME}", "{{ a }}", "{% a %}", "{# a #}", "a*", "*", "a\\b", "a`b", "a;b", "a|b"],
    ...hidden.map((one) => `a${one}b`),
  ];
  for (const topic of refused) {
    it(`must not be ${JSON.stringify(topic)}`, () => {
      const [found, ...others] = ofSite({ ingestion: { topics: [topic] } });
      expect(others).to.deep.equal([]);
      expect(found).to.include({ code: "EDGE-VALUE-003", path: "spec.ingestion.topics[0]" });
    });
  }

  it("have at most 255 characters, which is what AMQP routes by", () => {
    expect(named(ofSite({ ingestion: { topics: ["a".repeat(256)] } }))).to.deep.equal([
      "EDGE-VALUE-004 spec.ingestion.topics[0]: must have at most 255 characters, and has 256",
    ]);
    expect(named(ofSite({ ingestion: { topics: ["a".repeat(2_000_000)] } }))).to.deep.equal([
      "EDGE-VALUE-004 spec.ingestion.topics[0]: must have at most 255 characters, and has 2000000",
    ]);
  });

  it("are at most 256 at a site", () => {
    const topics = (count: number) => Array.from({ length: count }, (_, index) => `cranes/${index}`);
    expect(ofSite({ ingestion: { topics: topics(256) } })).to.deep.equal([]);
    expect(named(ofSite({ ingestion: { topics: topics(257) } }))).to.deep.equal([
      "EDGE-VALUE-004 spec.ingestion.topics: must have at most 256 entries, and has 257",
    ]);
    expect(named(ofSite({ ingestion: { topics: topics(5000) } }))).to.have.lengthOf(1);
  });

  it("are at most as long together as one regular expression may be", () => {
    const topics = (count: number) => Array.from({ length: count }, (_, index) => `${index}`.padEnd(128, "x"));
    expect(ofSite({ ingestion: { topics: topics(128) } })).to.deep.equal([]);
    const [found, ...others] = ofSite({ ingestion: { topics: topics(129) } });
    expect(others).to.deep.equal([]);
    expect(found?.message).to.contain("16512 characters in all filters together; 16384 are the most");
  });
});

describe("bounds of names and times", () => {
  const hub = (gitUrl: string) => named(findingsOf(aFleet({ hub: { gitUrl } })));

  it("hold addresses of the hub to what can be asked", () => {
    for (const good of ["https://git.hub.example", "https://10.0.0.1:3000/git", "https://xn--mnchen-3ya.example"]) {
      expect(hub(good), good).to.deep.equal([]);
    }
    for (const bad of ["https://999.1", "https://1.2.3.256", "https://a.0x1", "https://xn--a.example"]) {
      expect(hub(bad), bad).to.have.lengthOf(1);
    }
    expect(hub(`https://a.example/${"a".repeat(2000)}`)[0]).to.match(/^EDGE-VALUE-004 spec\.hub\.gitUrl: /);
  });

  it("leave room for the names below the domain", () => {
    const domain = (length: number) => {
      const name =
        "a."
          .repeat(200)
          .slice(0, length - 1)
          .replace(/\.$/, "b") + "c";
      return named(findingsOf(aFleet({ domain: name, sites: [aSite({ bastion: { host: "bastion.example" } })] })));
    };
    expect(domain(181).filter((line) => line.includes("spec.domain"))).to.deep.equal([]);
    expect(domain(182)[0]).to.match(/^EDGE-VALUE-004 spec\.domain: must have at most 181 characters/);
  });

  it("refuse an outage of no time, and one that no certificate outlives", () => {
    const { text } = fleetFiles(aFleet()).find(({ path }) => path.startsWith("sites/"))!;
    const outage = (written: string) => {
      const files = fleetFiles(aFleet()).filter(({ path }) => !path.startsWith("sites/"));
      const site = { path: "sites/porto.yaml", text: text.replace("maxOutage: 72h", `maxOutage: ${written}`) };
      return named(assembleFleet([...files, site], builtInKnowledge).findings);
    };
    expect(outage("1s")).to.deep.equal([]);
    for (const bad of ["0s", "367d", "999999d"]) {
      expect(outage(bad)[0]).to.equal(
        `EDGE-VALUE-003 spec.link.maxOutage: must be at least "1s" and at most "366d": "${bad}"`,
      );
    }
  });
});
