import { expect } from "chai";

import { entrances, isUnreachable } from "../../../rollout/runner/unreachable";
import { aSite } from "../../support/fleet";

describe("isUnreachable", () => {
  // Bastion 10.100.0.2, virtual API address 10.100.0.5.
  const site = aSite({ profile: "standard" });
  const ways = entrances(site);

  it("knows where a site is entered", () => {
    expect(ways).to.include("10.100.0.2").and.to.include("10.100.0.5");
    expect(ways).to.include(site.bastion.host);
    expect(entrances(aSite())).to.include(aSite().nodes[0]?.address);
  });

  const yes: [string, string][] = [
    [
      "the embedded engine's refused connection to the API server",
      "coredns: EDGE-KUBERNETES-010 the cluster at https://10.100.0.5:6443 cannot be reached: connect ECONNREFUSED 10.100.0.5:6443. Check the address in the kubeconfig and the way there",
    ],
    [
      "the embedded engine's silent API server",
      "the cluster at https://10.100.0.5:6443 cannot be reached: it has said nothing for 60 seconds",
    ],
    [
      "the embedded engine's SSH time-out at the bastion",
      "edge@10.100.0.2:22 cannot be reached by SSH after 10 tries: Timed out while waiting for handshake",
    ],
    [
      "the embedded engine's missing route to the bastion by its name",
      `edge@${site.bastion.host}:22 cannot be reached by SSH after 3 tries: connect EHOSTUNREACH 10.9.9.9:22`,
    ],
    [
      "the official Kubernetes provider's refused connection",
      'configured Kubernetes cluster is unreachable: unable to load schema information from the API server: Get "https://10.100.0.5:6443/openapi/v2?timeout=32s": dial tcp 10.100.0.5:6443: connect: connection refused',
    ],
    [
      "the official Kubernetes provider's time-out",
      'configured Kubernetes cluster is unreachable: unable to load schema information from the API server: Get "https://10.100.0.5:6443/openapi/v2": dial tcp 10.100.0.5:6443: i/o timeout',
    ],
    [
      "the official command provider's SSH",
      "after 10 failed attempts: dial tcp 10.100.0.2:22: connect: no route to host",
    ],
    [
      "an object of a cluster that went away",
      'Get "https://10.100.0.5:6443/api/v1/namespaces/flux-system": dial tcp 10.100.0.5:6443: connect: network is unreachable',
    ],
  ];
  for (const [sentence, message] of yes) {
    it(`takes for no link: ${sentence}`, () => expect(isUnreachable([message], ways)).to.equal(true));
  }

  const no: [string, string][] = [
    [
      "a refused login",
      "edge@10.100.0.2:22 cannot be reached by SSH after 10 tries: All configured authentication methods failed",
    ],
    [
      "a certificate that is not trusted",
      "the cluster at https://10.100.0.5:6443 cannot be reached: self-signed certificate in certificate chain",
    ],
    [
      "another host key",
      "EDGE-COMMAND-005 the host key of edge@10.100.0.2:22 is not the expected one: it shows ssh-ed25519 AAAA",
    ],
    [
      "a name that does not exist",
      `edge@${site.bastion.host}:22 cannot be reached by SSH after 3 tries: getaddrinfo ENOTFOUND ${site.bastion.host}`,
    ],
    [
      "a kubeconfig that cannot be read",
      "configured Kubernetes cluster is unreachable: unable to load Kubernetes client configuration from kubeconfig file",
    ],
    ["another host than the site's", "dial tcp 10.200.0.2:5000: connect: connection refused"],
    ["an address that only begins like the site's", "dial tcp 10.100.0.21:6443: connect: connection refused"],
    ["an address that only ends like the site's", "dial tcp 110.100.0.2:6443: connect: connection refused"],
    ["a program's own refused connection", "Error: connect ECONNREFUSED 10.100.0.2:5000"],
    ["a rollout that is too slow", "Deployment flux-system/source-controller does not become ready: 0 of 1 replicas"],
    ["nothing in particular", ""],
  ];
  for (const [sentence, message] of no) {
    it(`takes for a failure: ${sentence}`, () => expect(isUnreachable([message], ways)).to.equal(false));
  }

  it("takes a site with another failure beside it for failed", () => {
    const [[, silent] = ["", ""]] = yes;
    expect(isUnreachable([silent, silent], ways)).to.equal(true);
    expect(isUnreachable([silent, "disk full"], ways)).to.equal(false);
    expect(isUnreachable([], ways)).to.equal(false);
  });
});
