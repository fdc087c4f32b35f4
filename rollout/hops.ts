import type { Release } from "../fleet/model";
import type { ReleaseBefore } from "./events";

/**
 * The releases that a site has to be taken through, because Kubernetes goes up by one minor version at a time
 * (kubernetes.io/releases/version-skew-policy: kubeadm refuses to skip one; Kubespray asks for each of its minor versions
 * in turn). Pure. For each minor version on the way, the newest of the fleet's releases that has it is taken.
 * @param from name of the release that the site has; one that the fleet no longer has tells nothing, and is no hindrance.
 * @param maxHops releases on the way, the last included.
 */
export function wayBetween(
  from: string,
  to: Release,
  releases: readonly Release[],
  maxHops: number,
): Pick<ReleaseBefore, "hops" | "impassable"> {
  const here = releases.find(({ name }) => name === from);
  if (here === undefined) return {};
  const [first, last] = [minorOf(here.kubernetes), minorOf(to.kubernetes)];
  const hops: string[] = [];
  for (let minor = first + 1; minor < last; minor += 1) {
    const step = releases
      .filter((release) => minorOf(release.kubernetes) === minor && release.date <= to.date)
      .toSorted(byDateThenName)
      .at(-1);
    if (step === undefined) {
      return {
        impassable:
          `from release ${from} (Kubernetes ${here.kubernetes}) to ${to.name} (${to.kubernetes}) the way goes through ` +
          `Kubernetes 1.${minor}, and the fleet has no release with it; put one back into releases/`,
      };
    }
    hops.push(step.name);
  }
  if (hops.length + 1 > maxHops) {
    return {
      impassable: `${to.name} is ${hops.length + 1} hops away from release ${from}; catchUp.maxHops is ${maxHops}`,
    };
  }
  return hops.length === 0 ? {} : { hops };
}

/**
 * Why a site cannot be taken back to a release once it has been at another; undefined if it can. Kubernetes does not go
 * down a minor version: etcd's content has been brought to the newer one's form (kubeadm-upgrade, "downgrading is not
 * supported").
 */
export function noReturn(before: string, now: Release, releases: readonly Release[]): string | undefined {
  const there = releases.find(({ name }) => name === before);
  if (there === undefined || minorOf(there.kubernetes) >= minorOf(now.kubernetes)) return undefined;
  return `Kubernetes does not go back from ${now.kubernetes} to ${there.kubernetes}; restore the site from its backup`;
}

/**
 * Why a site cannot be taken to a release although nothing is skipped: it would have to go down a minor version, which
 * `noReturn` says more of. Undefined if it can.
 */
export function noWayDown(from: string, to: Release, releases: readonly Release[]): string | undefined {
  const here = releases.find(({ name }) => name === from);
  if (here === undefined || minorOf(here.kubernetes) <= minorOf(to.kubernetes)) return undefined;
  return `Kubernetes does not go down from ${here.kubernetes} of release ${from} to ${to.kubernetes} of ${to.name}`;
}

/** `1.35.4` is 35. */
function minorOf(kubernetes: string): number {
  return Number(kubernetes.split(".")[1]);
}

function byDateThenName(a: Release, b: Release): number {
  return a.date < b.date ? -1 : a.date > b.date ? 1 : a.name < b.name ? -1 : 1;
}
