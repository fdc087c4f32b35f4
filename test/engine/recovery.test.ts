import { execFile } from "node:child_process";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { ConcurrentUpdateError } from "@pulumi/pulumi/automation";
import { expect } from "chai";

import { failureOf } from "./support/failure";
import { Thing } from "./support/things";
import { World } from "./support/testProvider";
import { Bench } from "./support/workspace";

const program =
  (n: number, value: unknown = 1) =>
  async () => {
    let last: Thing | undefined;
    for (let i = 0; i < n; i++) {
      last = new Thing(`t${i}`, { value: last?.made ?? value });
    }
  };

describe("an update that fails", () => {
  it("keeps what was done, tells the provider's message, and goes on from there", async () => {
    const world = new World();
    await Bench.with([world], async (bench) => {
      let fail: string | undefined = "the disk is full";
      const stack = await bench.stack(async () => {
        const a = new Thing("a", {});
        const b = new Thing("b", { value: a.made, ...(fail ? { fail } : {}) });
        new Thing("c", { value: b.made });
        return { made: b.made };
      });
      const error = await failureOf(stack.up());
      expect(error.message).to.include("the disk is full").and.include("update failed");
      expect((await bench.resources()).map(({ urn }) => urn.split("::")[3]))
        .to.include("a")
        .and.not.include("b");
      expect((await bench.checkpoint()).checkpoint.latest?.pending_operations).to.equal(undefined);
      const [entry] = await stack.history();
      expect(entry?.result).to.equal("failed");
      fail = undefined;
      await stack.up();
      expect(world.log).to.deep.equal(["create a", "create b", "create b", "create c"]);
    });
  });

  it("keeps a half made resource with its errors, and updates it the next time", async () => {
    const world = new World();
    await Bench.with([world], async (bench) => {
      let partial = true;
      const stack = await bench.stack(async () => {
        new Thing("a", partial ? { partial } : {});
      });
      expect((await failureOf(stack.up())).message).to.include("it is not ready");
      expect((await bench.resource("a"))["initErrors"]).to.deep.equal(["it is not ready"]);
      partial = false;
      await stack.up();
      expect(world.log).to.deep.equal(["create a", "update a"]);
      expect(await bench.resource("a")).to.not.have.property("initErrors");
    });
  });

  it("deletes nothing if the program fails, and says why", async () => {
    const world = new World();
    await Bench.with([world], async (bench) => {
      await (await bench.stack(program(2))).up();
      const broken = await bench.stack(async () => {
        throw new Error("no such site");
      });
      expect((await failureOf(broken.up())).message).to.include("no such site");
      const later = await bench.stack(async () => {
        const t = new Thing("t0", { value: 1 });
        t.made.apply(() => {
          throw new Error("late failure");
        });
      });
      expect((await failureOf(later.up())).message).to.include("late failure");
      expect(world.log).to.deep.equal(["create t0", "create t1"]);
    });
  });

  it("names the property that a provider finds wrong", async () => {
    await Bench.with([new World()], async (bench) => {
      const stack = await bench.stack(async () => void new Thing("a", { value: "forbidden" }));
      const error = await failureOf(stack.up());
      expect(error.message).to.include("property value has a problem: it is forbidden");
    });
  });

  it("leaves no listeners in the process", async () => {
    await Bench.with([new World()], async (bench) => {
      const before = ["uncaughtException", "unhandledRejection", "exit", "SIGINT"].map((name) =>
        process.listenerCount(name),
      );
      const stack = await bench.stack(async () => {
        const a = new Thing("a", { fail: "no" });
        return { made: a.made };
      });
      await failureOf(stack.up());
      const after = ["uncaughtException", "unhandledRejection", "exit", "SIGINT"].map((name) =>
        process.listenerCount(name),
      );
      expect(after).to.deep.equal(before);
    });
  });
});

describe("a cancelled update", () => {
  it("lets running steps end, begins no other, and saves what was done", async () => {
    const world = new World();
    await Bench.with([world], async (bench) => {
      const cancel = new AbortController();
      world.during = async (operation) => {
        if (operation === "create t1") {
          cancel.abort();
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
      };
      const stack = await bench.stack(program(4));
      expect((await failureOf(stack.up({ signal: cancel.signal }))).message).to.include("update canceled");
      expect(world.log).to.deep.equal(["create t0", "create t1"]);
      const names = (await bench.resources()).map(({ urn }) => urn.split("::")[3]);
      expect(names).to.include.members(["t0", "t1"]).and.not.include("t2");
      world.during = async () => undefined;
      await stack.up();
      expect(world.log).to.deep.equal(["create t0", "create t1", "create t2", "create t3"]);
    });
  });
});

describe("a killed update", () => {
  it("leaves the operation under way in the state, warns of it, and does not lose it until it is cleared", async () => {
    const world = new World();
    await Bench.with([world], async (bench) => {
      const stack = await bench.stack(program(3));
      let killed = "";
      world.during = async (operation) => {
        if (operation === "create t1") {
          killed = await readFile(bench.statePath(), "utf8");
        }
      };
      await stack.up();
      await stack.destroy();
      world.during = async () => undefined;
      await writeFile(bench.statePath(), killed);
      const pending = (await bench.checkpoint()).checkpoint.latest?.pending_operations;
      expect(pending?.map(({ type, resource }) => [type, resource.urn.split("::")[3]])).to.deep.equal([
        ["creating", "t1"],
      ]);
      const result = await stack.up();
      expect(result.stdout)
        .to.include("1 pending operations from previous deployment")
        .and.include("t1, interrupted while creating");
      expect((await bench.checkpoint()).checkpoint.latest?.pending_operations).to.have.length(1);
      await stack.refresh({ clearPendingCreates: true });
      expect((await bench.checkpoint()).checkpoint.latest?.pending_operations).to.equal(undefined);
    });
  });

  it("takes up an update or a deletion that was under way", async () => {
    const world = new World();
    await Bench.with([world], async (bench) => {
      await (await bench.stack(program(1))).up();
      let killed = "";
      world.during = async () => void (killed = await readFile(bench.statePath(), "utf8"));
      await (await bench.stack(program(1, 2))).up();
      await writeFile(bench.statePath(), killed);
      expect((await bench.checkpoint()).checkpoint.latest?.pending_operations?.[0]?.type).to.equal("updating");
      world.during = async () => undefined;
      await (await bench.stack(program(1, 2))).up();
      expect((await bench.resource("t0")).inputs).to.deep.equal({ value: 2 });
      expect((await bench.checkpoint()).checkpoint.latest?.pending_operations).to.equal(undefined);
    });
  });
});

describe("a stack's lock", () => {
  it("is held during an update, so that a second one is told who holds it", async () => {
    const world = new World();
    await Bench.with([world], async (bench) => {
      const stack = await bench.stack(program(1));
      let second: Promise<Error> | undefined;
      world.during = async () => {
        second ??= failureOf(stack.up());
        await second;
      };
      await stack.up();
      const error = (await second) as Error;
      expect(error).to.be.instanceOf(ConcurrentUpdateError);
      expect(error.message)
        .to.include("the stack is currently locked by 1 lock(s)")
        .and.include(`(pid ${process.pid})`);
      expect(await readdir(join(bench.folder, ".pulumi/locks/organization/bench/dev"))).to.deep.equal([]);
    });
  });

  it("of another process is honoured until it is cancelled", async () => {
    await Bench.with([new World()], async (bench) => {
      const stack = await bench.stack(program(1));
      const folder = join(bench.folder, ".pulumi/locks/organization/bench/dev");
      await mkdir(folder, { recursive: true });
      const lock = { pid: 1, username: "root", hostname: hostname(), timestamp: "2026-11-22T22:42:51.5Z" };
      await writeFile(join(folder, "1b4e28ba-2fa1-11d2-883f-0016d3cca427.json"), JSON.stringify(lock));
      const error = await failureOf(stack.up());
      expect(error).to.be.instanceOf(ConcurrentUpdateError);
      expect(error.message).to.include(`created by root@${hostname()} (pid 1) at 2026-11-22T22:42:51Z`);
      await stack.cancel();
      await stack.up();
    });
  });
});

describe("a process that has run an update", () => {
  it("ends by itself", async () => {
    const script = join(__dirname, "support/once.ts");
    const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", script], { timeout: 30_000 });
    expect(stdout.trim()).to.equal("done");
  });
});
