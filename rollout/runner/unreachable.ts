import type { ResolvedSite } from "../../fleet/model";

/**
 * What says that nobody answered, in the words of Node, of Go's net package and of ssh2. A name that does not exist, a
 * certificate that is not trusted and a refused login are not among them: there somebody answered, or an address is wrong.
 */
const silence = [
  /\b(ECONNREFUSED|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|EAI_AGAIN)\b/,
  /connect: (connection refused|no route to host|network is unreachable|connection timed out|host is down)/,
  /dial tcp [^\n]*: i\/o timeout/,
  /Timed out while waiting for handshake/,
  /it has said nothing for \d+ seconds/,
  /the proxy reached no host in time/,
];

/** What an engine says when it cannot get to a cluster or a host at all. */
const attempts = [
  // The embedded engine: engine/providers/kubernetes/cluster/failure.ts and engine/providers/command/remote/dial.ts.
  /the cluster at \S+ cannot be reached: /,
  /\S+@\S+:\d+ cannot be reached by SSH after \d+ tries: /,
  // pulumi-kubernetes, provider/pkg/provider/provider.go.
  /configured Kubernetes cluster is unreachable: /,
  // pulumi-command, provider/pkg/provider/remote/connection.go; golang.org/x/crypto/ssh dials by net.
  /after \d+ failed attempts: .*dial tcp /s,
  /\bdial tcp \S+: /,
];

/** Where a site is entered from outside. */
export function entrances({ bastion, network, nodes }: ResolvedSite): ReadonlySet<string> {
  const controlPlane = nodes.find(({ roles }) => roles.includes("control-plane"));
  return new Set(
    [bastion.address, bastion.host, network.apiVip, controlPlane?.address].filter((way) => way !== undefined),
  );
}

/**
 * Whether everything that an engine complained about is that a site cannot be reached, so that the site has no link and
 * is not at fault. Conservative: another error beside it, or an address that is none of the site's entrances, makes it a
 * failure. Pure.
 * @param messages what the engine said, one text a failed resource.
 * @param ways see `entrances`.
 */
export function isUnreachable(messages: readonly string[], ways: ReadonlySet<string>): boolean {
  return messages.length > 0 && messages.every((message) => saysUnreachable(message, ways));
}

function saysUnreachable(message: string, ways: ReadonlySet<string>): boolean {
  return (
    attempts.some((attempt) => attempt.test(message)) &&
    silence.some((silent) => silent.test(message)) &&
    [...ways].some((way) => names(message, way))
  );
}

/** Whether a text has an address as a whole: 10.0.0.1 is not in 10.0.0.12. */
function names(text: string, address: string): boolean {
  const pattern = address.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`(?<![\\w.-])${pattern}(?![\\w-]|\\.\\w)`).test(text);
}
