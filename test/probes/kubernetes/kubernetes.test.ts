import { expect } from "chai";
import type { SiteKubeconfig } from "../../../probes";
import { aSite } from "../../support/fleet";
import { aGate } from "../../rollout/gates/aGate";
import { Bench, failureOf } from "../request";
import { ApiServer } from "./apiServer";
import { before as earlier, helmRelease, kustomization, node, revision } from "./objects";

const nodesPath = "/api/v1/nodes";
const kustomizationsPath = "/apis/kustomize.toolkit.fluxcd.io/v1/kustomizations";
const helmReleasesPath = "/apis/helm.toolkit.fluxcd.io/v2/helmreleases";

describe("gates that ask a site's cluster", () => {
  let api: ApiServer;
  let bench: Bench;
  let kubeconfig: SiteKubeconfig | undefined;
  beforeEach(async () => {
    api = await ApiServer.start();
    kubeconfig = { text: api.kubeconfig(), trusted: false };
    bench = new Bench({ kubeconfigOf: () => Promise.resolve(kubeconfig) });
  });
  afterEach(async () => {
    await api.stop();
    bench.remove();
  });

  describe("nodesReady", () => {
    const site = aSite({ profile: "mini", target: "cluster" });
    const ask = (minReady: { count: number } | { percent: number } = { percent: 100 }) =>
      bench.ask(aGate("nodesReady", { minReady }), { site });
    const [control, worker] = ["porto-cp-1", "porto-worker-1"];

    for (const [what, live, minReady, answer] of [
      ["passes with all nodes", [node(control), node(worker)], undefined, "pass: 2 of 2 nodes are ready"],
      [
        "fails with a node that is not ready",
        [node(control), node(worker, "False")],
        undefined,
        `fail: 1 of 2 nodes are ready; ${worker}: Ready is False (KubeletNotReady): about KubeletNotReady`,
      ],
      [
        "fails with a node that is not heard of",
        [node(control), node(worker, "Unknown")],
        undefined,
        /^fail: 1 of 2 .* Ready is Unknown \(NodeStatusUnknown\)/,
      ],
      [
        "fails with a node that is not there",
        [node(control), node("other")],
        undefined,
        `fail: 1 of 2 nodes are ready; ${worker}: it is not in the cluster`,
      ],
      [
        "fails with a node that takes no pods",
        [node(control), node(worker, "True", { unschedulable: true })],
        undefined,
        `fail: 1 of 2 nodes are ready; ${worker}: it is cordoned`,
      ],
      ["passes with as many as are asked for", [node(control)], { percent: 50 }, /^pass: 1 of 2/],
      ["rounds a share up", [node(control)], { percent: 51 }, /^fail: 1 of 2/],
      ["takes a number", [node(worker)], { count: 1 }, /^pass: 1 of 2/],
      [
        "takes a node that says nothing for one that is not ready",
        [node(control), { metadata: { name: worker } }],
        undefined,
        /^fail: .*no condition Ready$/,
      ],
    ] as const) {
      it(what, async () => {
        api.collections.set(nodesPath, [...live] as Record<string, unknown>[]);
        const found = await ask(minReady);
        if (typeof answer === "string") expect(found).to.equal(answer);
        else expect(found).to.match(answer);
      });
    }

    it("reads a large cluster in pages", async () => {
      const many = Array.from({ length: 35 }, (_, index) => node(`other-${index}`));
      api.collections.set(nodesPath, [...many, node(control), node(worker)]);
      expect(await ask()).to.match(/^pass/);
      expect(api.requests).to.have.lengthOf(4);
    });
  });

  describe("fluxReady", () => {
    const ask = (overrides: Parameters<typeof aGate<"fluxReady">>[1] = {}) => bench.ask(aGate("fluxReady", overrides));
    const failing = [
      ["Reconciling", "True", "ProgressingWithRetry"],
      ["Ready", "False", "HealthCheckFailed"],
    ] as const;

    for (const [what, kustomizations, helmReleases, answer] of [
      [
        "passes when all is ready at the promoted commit",
        [kustomization(), kustomization({ name: "site", source: "site", attempted: "main@sha1:1" })],
        [helmRelease()],
        "pass: 3 objects of Flux are ready at c0ffee000000",
      ],
      [
        "waits while Flux has not come to the commit",
        [kustomization(earlier)],
        [],
        `inconclusive: 1 of 1 not ready; Kustomization flux-system/deploy: it is at deploy@sha1:${"0".repeat(40)}, not ${revision}`,
      ],
      [
        "says that Flux is told not to",
        [kustomization({ ...earlier, suspend: true })],
        [],
        /^inconclusive: .*, and it is suspended$/,
      ],
      [
        "waits while the commit is being applied",
        [
          kustomization({
            applied: earlier.applied,
            conditions: [
              ["Reconciling", "True", "Progressing"],
              ["Ready", "Unknown", "Progressing"],
            ],
          }),
        ],
        [],
        "inconclusive: 1 of 1 not ready; Kustomization flux-system/deploy: Reconciling is True (Progressing): about Progressing",
      ],
      [
        "fails when the commit was tried and what it made is not healthy",
        [kustomization({ applied: earlier.applied, conditions: failing })],
        [],
        "fail: Kustomization flux-system/deploy: Ready is False (HealthCheckFailed): about HealthCheckFailed",
      ],
      [
        "takes no failure of an earlier commit for one of this",
        [kustomization({ ...earlier, conditions: failing })],
        [],
        /^inconclusive/,
      ],
      [
        "waits for what has to come first",
        [
          kustomization(),
          kustomization({
            name: "site",
            source: "site",
            conditions: [
              ["Reconciling", "True", "ProgressingWithRetry"],
              ["Ready", "False", "DependencyNotReady"],
            ],
          }),
        ],
        [],
        /^inconclusive: 1 of 2 not ready; Kustomization flux-system\/site: /,
      ],
      [
        "fails with what is stalled",
        [kustomization()],
        [
          helmRelease({
            conditions: [
              ["Stalled", "True", "RetriesExceeded"],
              ["Ready", "False", "UpgradeFailed"],
            ],
          }),
        ],
        "fail: HelmRelease flux-system/loki: Stalled is True (RetriesExceeded): about RetriesExceeded",
      ],
      [
        "waits for a generation that nobody has seen",
        [kustomization()],
        [helmRelease({ generation: 4, observed: 3 })],
        /^inconclusive: .*loki: its controller has seen generation 3, not 4$/,
      ],
      [
        "fails when the newest generation has failed and is tried again, although the last good one is what was observed",
        [kustomization()],
        [
          helmRelease({
            generation: 4,
            observed: 3,
            conditions: [
              ["Reconciling", "True", "ProgressingWithRetry"],
              ["Ready", "False", "UpgradeFailed"],
            ],
          }),
        ],
        /^fail: HelmRelease flux-system\/loki: Ready is False \(UpgradeFailed\)/,
      ],
      [
        "takes no failure of an earlier generation for one of the newest",
        [kustomization()],
        [
          helmRelease({
            generation: 4,
            observed: 3,
            conditions: [
              ["Reconciling", "True", "ProgressingWithRetry"],
              ["Ready", "False", "UpgradeFailed", 3],
            ],
          }),
        ],
        /^inconclusive/,
      ],
      [
        "waits for what is being deleted",
        [kustomization({ metadata: { deletionTimestamp: "2026-11-25T10:00:00Z" } })],
        [],
        /^inconclusive: .*it is being deleted$/,
      ],
      [
        "waits for what says nothing yet",
        [kustomization({ conditions: [] })],
        [],
        /^inconclusive: .*it has no condition Ready yet$/,
      ],
      [
        "waits while nothing follows deploy",
        [kustomization({ source: "site" })],
        [],
        "inconclusive: no Kustomization follows the source deploy yet",
      ],
    ] as const) {
      it(what, async () => {
        api.collections.set(kustomizationsPath, [...kustomizations]);
        api.collections.set(helmReleasesPath, [...helmReleases]);
        const found = await ask();
        if (typeof answer === "string") expect(found).to.equal(answer);
        else expect(found).to.match(answer);
      });
    }

    it("looks at the namespaces and kinds that it is asked about", async () => {
      const stuck = helmRelease({ conditions: [["Stalled", "True", "RetriesExceeded"]] });
      api.collections.set(kustomizationsPath, [kustomization()]);
      api.collections.set(helmReleasesPath, [stuck]);
      expect(await ask({ includeHelmReleases: false })).to.match(/^pass/);
      expect(await ask({ namespaces: ["apps"] })).to.match(/^inconclusive: no Kustomization follows/);
    });

    it("waits while Flux is not installed, or nothing was promoted", async () => {
      expect(await ask()).to.equal("inconclusive: the API server serves no Kustomizations: Flux is not installed yet");
      expect(await bench.ask(aGate("fluxReady"), { commit: undefined })).to.match(
        /^inconclusive: nothing was promoted/,
      );
    });
  });

  describe("certificates of the API server", () => {
    const ask = () => bench.ask(aGate("certificates", { apiServer: true, renderedFiles: false }));

    it("pass with the server's and the user's", async () => {
      kubeconfig = { text: api.withCertificate(24 * 30), trusted: false };
      expect(await ask()).to.match(/^pass: 3 certificates .*the first is the kubeconfig's user \(CN=admin\)/);
    });

    it("fail with a user's that ends too early", async () => {
      kubeconfig = { text: api.withCertificate(24 * 9), trusted: false };
      expect(await ask()).to.match(/^fail: .*the kubeconfig's user \(CN=admin\) ends 20/);
    });
  });

  describe("when there is no answer to be had", () => {
    it("is inconclusive without a kubeconfig", async () => {
      kubeconfig = undefined;
      for (const type of ["nodesReady", "fluxReady", "promql"] as const) {
        expect(await bench.ask(aGate(type))).to.equal("inconclusive: the site porto has no kubeconfig yet");
      }
    });

    const asked = () => failureOf(bench.ask(aGate("nodesReady")));
    it("is an error without permission, with another kind of answer, and with one that is too large", async () => {
      kubeconfig = { text: api.kubeconfig({ token: "other" }), trusted: false };
      expect(await asked()).to.equal("the API server answered 401 to /api/v1/nodes: Unauthorized");
      kubeconfig = { text: api.kubeconfig(), trusted: false };
      api.pages.set(nodesPath, (_, response) => response.end("<html>"));
      expect(await asked()).to.equal("the answer is no JSON");
      api.pages.set(nodesPath, (_, response) => response.end('{"items":{}}'));
      expect(await asked()).to.match(/with something else than a list$/);
      api.pages.set(nodesPath, (_, response) => response.end(`{"items":["${"x".repeat(2 ** 21)}"]}`));
      expect(await asked()).to.equal("the answer is larger than 1048576 bytes");
    });

    it("is an error with a list that never ends", async () => {
      api.pages.set(nodesPath, (_, response) => response.end('{"metadata":{"continue":"x"},"items":[]}'));
      expect(await asked()).to.equal("the API server has more than 500 objects at /api/v1/nodes");
    });

    it("goes nowhere else with the token", async () => {
      api.pages.set(nodesPath, (_, response) =>
        response.writeHead(302, { location: "https://elsewhere.example/" }).end("{}"),
      );
      expect(await asked()).to.match(/answered 302/);
    });

    for (const [what, user, cluster, message] of [
      [
        "a program",
        { exec: { apiVersion: "client.authentication.k8s.io/v1", command: "touch" } },
        {},
        /may hold only data, and has exec$/,
      ],
      ["a file of a key", { token: "x", "client-key": "/etc/shadow" }, {}, /may hold only data, and has keyFile$/],
      ["a file of authorities", { token: "x" }, { "certificate-authority": "/etc/ca" }, /has caFile$/],
      ["a proxy", { token: "x" }, { "proxy-url": "http://127.0.0.1:1" }, /has proxyUrl$/],
      ["a plugin", { "auth-provider": { name: "gcp" } }, {}, /has authProvider$/],
      ["no TLS", { token: "x" }, { server: "http://127.0.0.1:1" }, /has no https:\/\/ address$/],
      ["any certificate", { token: "x" }, { "insecure-skip-tls-verify": true }, /wants insecure-skip-tls-verify/],
    ] as const) {
      it(`refuses a site's kubeconfig that asks for ${what}`, async () => {
        kubeconfig = { text: api.kubeconfig(user, cluster), trusted: false };
        expect(await asked()).to.match(message);
      });
    }

    it("says nothing of what is in a kubeconfig that cannot be read", async () => {
      kubeconfig = { text: "users: [{ token: s3cr3t", trusted: false };
      expect(await asked()).to.equal("the kubeconfig cannot be read");
    });

    it("takes a person's kubeconfig as it is", async () => {
      const token = JSON.stringify({
        apiVersion: "client.authentication.k8s.io/v1",
        kind: "ExecCredential",
        status: { token: "site-token" },
      });
      const exec = {
        apiVersion: "client.authentication.k8s.io/v1",
        command: "echo",
        args: [token],
        interactiveMode: "Never",
      };
      kubeconfig = { text: api.kubeconfig({ exec }), trusted: true };
      api.collections.set(nodesPath, [node("porto-cp-1")]);
      expect(await bench.ask(aGate("nodesReady"))).to.match(/^pass/);
    });
  });
});
