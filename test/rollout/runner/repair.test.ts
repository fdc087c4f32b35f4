import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { assert, expect } from "chai";

import type { PendingOperation, StateResource } from "../../../rollout/runner/checkpoint";
import { siteLayout } from "../../../rollout/runner/layout";
import { treatmentOf, withAdopted } from "../../../rollout/runner/pendingCreates";
import { withoutFiles } from "../../../rollout/runner/renderedState";
import { chooseRepair, type Found, readState } from "../../../rollout/runner/repair";
import { keepState } from "../../../rollout/runner/stateBackup";
import { RunFailed } from "../../../rollout/stackRunner";

const resource = (type: string, more: Partial<StateResource> = {}): StateResource => ({
  urn: `urn:pulumi:porto::edgewave::${type}::one`,
  type,
  ...more,
});
const creating = (type: string, more: Partial<StateResource> = {}): PendingOperation => ({
  type: "creating",
  resource: resource(type, more),
});
const object = (metadata: object) => ({ inputs: { metadata } });

describe("treatmentOf", () => {
  const table: [string, PendingOperation, string][] = [
    ["repeats what lives in the state alone", creating("random:index/randomPassword:RandomPassword"), "repeat"],
    ["repeats a key", creating("tls:index/privateKey:PrivateKey"), "repeat"],
    ["repeats a command", creating("command:remote:Command"), "repeat"],
    ["repeats a provider", creating("pulumi:providers:kubernetes"), "repeat"],
    ["adopts a named object", creating("kubernetes:core/v1:ConfigMap", object({ name: "a", namespace: "b" })), "adopt"],
    [
      "adopts a named object of the whole cluster",
      creating("kubernetes:core/v1:Namespace", object({ name: "a" })),
      "adopt",
    ],
    [
      "asks about an object that the server names",
      creating("kubernetes:core/v1:Pod", object({ generateName: "a-" })),
      "ask",
    ],
    ["asks about an object without metadata", creating("kubernetes:core/v1:Pod"), "ask"],
    ["asks about what it does not know", creating("aws:ec2/instance:Instance"), "ask"],
    ["asks about what only begins like something that it knows", creating("randomly:index:Thing"), "ask"],
    ["lets a refresh settle an update", { ...creating("aws:ec2/instance:Instance"), type: "updating" }, "repeat"],
    ["lets a refresh settle a deletion", { ...creating("kubernetes:core/v1:Pod"), type: "deleting" }, "repeat"],
  ];
  for (const [sentence, operation, expected] of table) {
    it(sentence, () => expect(treatmentOf(operation, [])).to.equal(expected));
  }

  it("asks about an object that was to take another one's place, unless that one is gone", () => {
    const operation = creating("kubernetes:core/v1:ConfigMap", object({ name: "a" }));
    expect(treatmentOf(operation, [resource("kubernetes:core/v1:ConfigMap")])).to.equal("ask");
    expect(treatmentOf(operation, [resource("kubernetes:core/v1:ConfigMap", { delete: true })])).to.equal("adopt");
  });
});

describe("withAdopted", () => {
  it("takes named objects for made, and leaves the other operations for the refresh", () => {
    const stack = resource("pulumi:pulumi:Stack");
    const map = creating("kubernetes:core/v1:ConfigMap", object({ name: "a", namespace: "b" }));
    const password = creating("random:index/randomPassword:RandomPassword");
    const before = { version: 3, checkpoint: { latest: { resources: [stack], pending_operations: [map, password] } } };
    expect(withAdopted(before)).to.deep.equal({
      version: 3,
      checkpoint: {
        latest: { resources: [stack, { ...map.resource, id: "b/a" }], pending_operations: [password] },
      },
    });
  });

  it("leaves a state without such objects as it is", () => {
    for (const latest of [
      {},
      { resources: [] },
      { pending_operations: [creating("tls:index/privateKey:PrivateKey")] },
    ]) {
      const before = { checkpoint: { latest } };
      expect(withAdopted(before)).to.equal(before);
    }
  });
});

describe("withoutFiles", () => {
  it("forgets commands of this machine and every reference to them, and keeps what is in a cluster", () => {
    const file = resource("command:local:Command");
    const map = resource("kubernetes:core/v1:ConfigMap", {
      dependencies: [file.urn, "urn:other"],
      propertyDependencies: { data: [file.urn], metadata: ["urn:other"], spec: null },
      deletedWith: file.urn,
    });
    const remote = resource("command:remote:Command", { dependencies: ["urn:other"] });
    expect(withoutFiles({ checkpoint: { latest: { resources: [file, map, remote] } } })).to.deep.equal({
      checkpoint: {
        latest: {
          resources: [
            {
              urn: map.urn,
              type: map.type,
              dependencies: ["urn:other"],
              propertyDependencies: { data: [], metadata: ["urn:other"], spec: null },
            },
            remote,
          ],
        },
      },
    });
  });
});

describe("chooseRepair", () => {
  const pendingState = (...pending: PendingOperation[]) => ({
    checkpoint: { latest: { pending_operations: pending } },
  });
  const found = (more: Partial<Found>): Found => ({
    target: "render",
    checkpoint: pendingState(),
    moved: undefined,
    touched: false,
    workDirectory: "/out/stacks/porto",
    ...more,
  });
  const interrupted = pendingState(creating("command:local:Command"));

  it("does nothing where nothing is out of order", () => {
    for (const target of ["render", "cluster", "field"] as const) {
      expect(chooseRepair(found({ target }))).to.deep.equal({ type: "nothing" });
    }
  });

  it("renders a rendered site anew, whatever is out of order", () => {
    const because = "an interrupted run left creating one and the output folder was moved or copied from /old";
    expect(chooseRepair(found({ checkpoint: interrupted, moved: "/old" }))).to.deep.equal({
      type: "render-anew",
      because,
    });
    expect(chooseRepair(found({ touched: true })).type).to.equal("render-anew");
    expect(chooseRepair(found({ checkpoint: pendingState(creating("aws:ec2:X")) })).type).to.equal("render-anew");
  });

  it("reads the state of a site with a cluster anew, and writes its files anew only if they may be elsewhere or changed", () => {
    expect(chooseRepair(found({ target: "cluster", checkpoint: interrupted }))).to.deep.equal({
      type: "refresh",
      because: "an interrupted run left creating one",
      writeFilesAnew: false,
    });
    for (const more of [{ moved: "/old" }, { touched: true }]) {
      expect(chooseRepair(found({ target: "field", ...more }))).to.deep.include({
        type: "refresh",
        writeFilesAnew: true,
      });
    }
  });

  it("asks a person about a create that nobody may repeat", () => {
    const repair = chooseRepair(found({ target: "cluster", checkpoint: pendingState(creating("aws:ec2:X")) }));
    assert(repair.type === "refuse");
    expect(repair.because).to.contain("one (aws:ec2:X)").and.to.contain("--clear-pending-creates");
    expect(repair.because).to.contain("/out/stacks/porto");
  });
});

describe("a state that cannot be read", () => {
  it("is reported with the place of its newest copy", async () => {
    const out = await mkdtemp(join(tmpdir(), "edgewave-broken-"));
    const { checkpoint } = siteLayout(out, "porto");
    await mkdir(dirname(checkpoint), { recursive: true });
    await writeFile(checkpoint, JSON.stringify({ checkpoint: { latest: { resources: [resource("t")] } } }));
    const copy = await keepState(out, "porto", { token: 1, now: new Date(0) });
    await writeFile(checkpoint, '{"version":3,"chec');
    const failure: unknown = await readState(out, "porto").catch((error: unknown) => error);
    assert(failure instanceof RunFailed);
    expect(failure.message).to.contain("is not JSON").and.to.contain(`pulumi stack import --file ${copy}`);
    expect(await readState(out, "faro")).to.equal(undefined);
    await rm(out, { recursive: true });
  });
});
