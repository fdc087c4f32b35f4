import { bufferSizing, profileOf } from "../../../profiles";
import { expect } from "chai";
import { checkBufferFits, checkBufferHorizon } from "../../../fleet/checks/ingestion";
import { checkReach } from "../../../fleet/checks/reach";
import { checkTimeZones } from "../../../fleet/checks/timeZone";
import { timeZoneLinks } from "../../../fleet/checks/timeZoneLinks";
import { aFleet, aSite } from "../../support/fleet";
import { contextOf, problems } from "./context";

describe("the time zone", () => {
  for (const timeZone of [
    "Europe/Lisbon",
    "Atlantic/Azores",
    "UTC",
    "America/Argentina/Buenos_Aires",
    "Asia/Calcutta",
    "Asia/Kolkata",
    "Europe/Kyiv",
    "Etc/GMT-14",
    "GMT",
  ]) {
    it(`may be ${timeZone}`, () => {
      expect(problems(checkTimeZones, aFleet({ sites: [aSite({ timeZone })] }))).to.deep.equal([]);
    });
  }

  for (const [written, right] of [
    ["europe/MADRID", "Europe/Madrid"],
    ["Utc", "UTC"],
    ["asia/kolkata", "Asia/Kolkata"],
    ["etc/gmt+1", "Etc/GMT+1"],
    ["us/pacific", "US/Pacific"],
  ] as const) {
    it(`must be written as ${right} and not ${written}`, () => {
      const [found, ...others] = checkTimeZones(contextOf(aFleet({ sites: [aSite({ timeZone: written })] })));
      expect(others).to.deep.equal([]);
      expect(found).to.include({
        code: "EDGE-SITE-006",
        message: `"${written}" is not in the spelling of the time zone database, which is case-sensitive`,
        hint: `Write ${right}.`,
      });
    });
  }

  it("may be every name that the runtime has, and links; the runtime knows each of them", () => {
    const names = [...Intl.supportedValuesOf("timeZone"), ...timeZoneLinks];
    for (const timeZone of timeZoneLinks) new Intl.DateTimeFormat("en", { timeZone });
    const sites = names.map((timeZone, index) => aSite({ timeZone }, index));
    expect(problems(checkTimeZones, aFleet({ sites }))).to.deep.equal([]);
  });

  for (const timeZone of ["Europe/Lisboa", "+01:00", "", "CEST", "../../etc/passwd"]) {
    it(`must not be ${JSON.stringify(timeZone)}`, () => {
      expect(problems(checkTimeZones, aFleet({ sites: [aSite({ timeZone })] }))).to.deep.equal([
        `EDGE-SITE-006 spec.timeZone: ${JSON.stringify(timeZone)} is no IANA time zone`,
      ]);
    });
  }

  it("is suggested when it is nearly right", () => {
    const [found] = checkTimeZones(contextOf(aFleet({ sites: [aSite({ timeZone: "Europe/Lisbonn" })] })));
    expect(found?.hint).to.equal("Did you mean Europe/Lisbon?");
  });
});

describe("the ingestion buffer", () => {
  it("fits every profile that has it by default", () => {
    for (const profile of ["micro", "mini", "standard", "ha-edge"] as const) {
      expect(problems(checkBufferFits, aFleet({ sites: [aSite({ profile })] }))).to.deep.equal([]);
    }
  });

  it("does not fit micro when it is Strimzi, with the numbers", () => {
    const fleet = aFleet({ sites: [aSite({ ingestion: { buffer: "strimzi" } })] });
    const [found, ...others] = problems(checkBufferFits, fleet);
    expect(others).to.deep.equal([]);
    expect(found).to.match(/^EDGE-SITE-007 spec\.ingestion\.buffer: strimzi does not fit micro: /);
    expect(found).to.contain("needs 7708 MiB and may take 5017 MiB");
    expect(found).to.contain("0 MiB are left for workloads and 2048 MiB must be");
  });

  it("may be RabbitMQ on a larger profile", () => {
    const fleet = aFleet({ sites: [aSite({ profile: "mini", ingestion: { buffer: "rabbitmq" } })] });
    expect(problems(checkBufferFits, fleet)).to.deep.equal([]);
  });
});

describe("the buffer's horizon", () => {
  const of = (messagesPerSecond: number, messageBytes: number, maxOutageHours: number) =>
    checkBufferHorizon(
      contextOf(
        aFleet({ sites: [aSite({ ingestion: { messagesPerSecond, messageBytes }, link: { maxOutageHours } })] }),
      ),
    );
  const usable = 20 * 0.8 * 1024 ** 3;

  it("is long enough to the last byte", () => {
    // RabbitMQ adds 200 bytes to each message and a fifth to everything.
    const body = Math.floor(usable / 3600 / 1.2 - 200);
    expect(of(1, body, 1)).to.deep.equal([]);
    expect(of(1, body + 1, 1)).to.have.lengthOf(1);
  });

  it("names the outage, the rate, the sizes and the hours that it bears", () => {
    const [found] = of(500, 1024, 72);
    expect(found).to.include({
      code: "EDGE-SITE-008",
      message:
        "72 h of 500 messages/s of 1024 bytes need 177.3 GiB of the rabbitmq buffer with what it adds to each message, " +
        "and that of micro holds 16.0 GiB",
    });
    expect(found?.hint).to.match(/^The buffer bears 6\.4 h at this rate\./);
  });

  it("is the one that the site's components size their buffer by", () => {
    const site = aSite({ ingestion: { messagesPerSecond: 85, messageBytes: 512 }, link: { maxOutageHours: 72 } });
    const { coversOutage } = bufferSizing(profileOf("micro"), "rabbitmq", { ...site.ingestion, maxOutageHours: 72 });
    expect(coversOutage).to.equal(false);
    expect(of(85, 512, 72)).to.have.lengthOf(1);
  });

  it("takes the volume of the buffer that the site uses", () => {
    const site = (buffer: "rabbitmq" | "strimzi") =>
      aSite({
        profile: "mini",
        ingestion: { buffer, messagesPerSecond: 250, messageBytes: 512 },
        link: { maxOutageHours: 72 },
      });
    expect(problems(checkBufferHorizon, aFleet({ sites: [site("strimzi")] }))).to.deep.equal([]);
    expect(problems(checkBufferHorizon, aFleet({ sites: [site("rabbitmq")] }))).to.have.lengthOf(1);
  });
});

describe("a site's target", () => {
  const key = `ssh-ed25519 ${"A".repeat(68)}`;

  for (const target of ["render", "cluster"] as const) {
    it(`may be ${target} without any host key`, () => {
      expect(problems(checkReach, aFleet({ sites: [aSite({ target })] }))).to.deep.equal([]);
    });
  }

  it("may be field where the keys of the bastion and of all nodes are known", () => {
    const site = aSite({ target: "field", bastion: { hostKeys: [key] } });
    const nodes = site.nodes.map((node) => ({ ...node, hostKeys: [key] }));
    expect(problems(checkReach, aFleet({ sites: [{ ...site, nodes }] }))).to.deep.equal([]);
  });

  it("asks for each host key that field would need, and says how to get it", () => {
    const found = checkReach(
      contextOf(aFleet({ sites: [aSite({ target: "field", profile: "mini", ssh: { port: 2222 } })] })),
    );
    expect(found.map(({ code, path }) => `${code} ${path.join(".")}`)).to.deep.equal([
      "EDGE-SITE-009 spec.bastion",
      "EDGE-SITE-009 spec.nodes.0",
      "EDGE-SITE-009 spec.nodes.1",
    ]);
    expect(found[1]?.hint).to.contain("ssh-keyscan -p 2222 10.100.0.11");
  });
});
