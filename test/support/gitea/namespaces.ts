import { execFileSync, spawnSync } from "node:child_process";

const ip = (...args: string[]): void => void execFileSync("ip", args, { stdio: ["ignore", "ignore", "pipe"] });

/** Why no network namespaces can be had here; undefined if they can. */
export function lacksNamespaces(): string | undefined {
  if (process.getuid?.() !== 0) return "only root may make network namespaces";
  const probe = `edgewave-probe-${process.pid}`;
  const made = spawnSync("ip", ["netns", "add", probe]);
  if (made.status !== 0) return `ip netns add failed: ${made.error?.message ?? String(made.stderr).trim()}`;
  spawnSync("ip", ["netns", "delete", probe]);
  return undefined;
}

/**
 * Two network namespaces, a hub's and a site's, with one link between them that a test cuts and restores. The test itself
 * reaches both by cables of its own, under the same addresses; nothing of it can be reached from elsewhere.
 */
export class HubAndSite {
  /** Of the hub, for the site and for the test. */
  readonly hubAddress: string;
  readonly siteAddress: string;
  readonly hub: string;
  readonly site: string;
  private readonly tag = process.pid.toString(36);
  /** Two runs on one machine are not in each other's way. */
  private readonly range = `10.213.${process.pid % 256}`;

  private constructor() {
    this.hub = `ew-hub-${this.tag}`;
    this.site = `ew-site-${this.tag}`;
    this.hubAddress = `${this.range}.1`;
    this.siteAddress = `${this.range}.2`;
  }

  static make(): HubAndSite {
    const both = new HubAndSite();
    try {
      both.lay();
      return both;
    } catch (error) {
      both.remove();
      throw error;
    }
  }

  cut(): void {
    ip("-n", this.site, "link", "set", "uplink", "down");
  }

  restore(): void {
    ip("-n", this.site, "link", "set", "uplink", "up");
    ip("-n", this.site, "route", "replace", `${this.hubAddress}/32`, "via", `${this.range}.5`);
  }

  /**
   * Makes the link slow, so that there is a middle in which to cut it.
   * @param kbit per second; undefined for no limit.
   * @param from the side that sends.
   */
  throttle(kbit: number | undefined, from: "hub" | "site" = "hub"): void {
    const [space, device] = from === "hub" ? [this.hub, "downlink"] : [this.site, "uplink"];
    const tc = (...args: string[]): void => void execFileSync("ip", ["netns", "exec", space, "tc", "qdisc", ...args]);
    if (kbit === undefined) tc("del", "dev", device, "root");
    else tc("replace", "dev", device, "root", "tbf", "rate", `${kbit}kbit`, "burst", "16kb", "latency", "200ms");
  }

  /** Bytes that came over the link to the site so far. */
  received(): number {
    return this.counted("rx_bytes");
  }

  /** Bytes that the site has sent over the link so far. */
  sent(): number {
    return this.counted("tx_bytes");
  }

  private counted(counter: "rx_bytes" | "tx_bytes"): number {
    const file = `/sys/class/net/uplink/statistics/${counter}`;
    return Number(execFileSync("ip", ["netns", "exec", this.site, "cat", file], { encoding: "utf8" }));
  }

  remove(): void {
    for (const letter of ["h", "s"]) spawnSync("ip", ["link", "delete", `ew${letter}${this.tag}`]);
    for (const name of [this.hub, this.site]) spawnSync("ip", ["netns", "delete", name]);
  }

  private lay(): void {
    for (const name of [this.hub, this.site]) {
      ip("netns", "add", name);
      ip("-n", name, "link", "set", "lo", "up");
    }
    ip("-n", this.hub, "address", "add", `${this.hubAddress}/32`, "dev", "lo");
    ip("-n", this.site, "address", "add", `${this.siteAddress}/32`, "dev", "lo");
    ip("link", "add", "downlink", "netns", this.hub, "type", "veth", "peer", "name", "uplink", "netns", this.site);
    ip("-n", this.hub, "address", "add", `${this.range}.5/30`, "dev", "downlink");
    ip("-n", this.site, "address", "add", `${this.range}.6/30`, "dev", "uplink");
    ip("-n", this.hub, "link", "set", "downlink", "up");
    this.restore();
    ip("-n", this.hub, "route", "add", `${this.siteAddress}/32`, "via", `${this.range}.6`);
    this.cable(this.hub, this.hubAddress, 9, "h");
    this.cable(this.site, this.siteAddress, 13, "s");
  }

  /** From the test's own namespace to one of the two. */
  private cable(name: string, address: string, first: number, letter: string): void {
    const device = `ew${letter}${this.tag}`;
    const [here, there] = [`${this.range}.${first}`, `${this.range}.${first + 1}`];
    ip("link", "add", device, "type", "veth", "peer", "name", "test", "netns", name);
    ip("address", "add", `${here}/30`, "dev", device);
    ip("link", "set", device, "up");
    ip("-n", name, "address", "add", `${there}/30`, "dev", "test");
    ip("-n", name, "link", "set", "test", "up");
    ip("route", "add", `${address}/32`, "via", there, "src", here);
  }
}
