import { assert, expect } from "chai";

import { type Admission, MemoryAdmission } from "../../../rollout/runner/admission";
import { RunCancelled } from "../../../rollout/stackRunner";

describe("MemoryAdmission", () => {
  /** Free memory that a test sets, and what was told to whom. */
  function setUp(floorMiB = 500) {
    const world = { free: 10_000, idle: 0, reads: 0 };
    const admission = new MemoryAdmission({
      floorMiB,
      free: () => {
        world.reads += 1;
        return Promise.resolve(world.free);
      },
      pollEvery: 1,
      onShort: () => {
        const freed = world.idle > 0;
        world.free += world.idle * 150;
        world.idle = 0;
        return Promise.resolve(freed);
      },
    });
    const told: (string | undefined)[] = [];
    const enter = (signal = new AbortController().signal) =>
      admission.enter({ signal, onWaiting: (reason) => told.push(reason) });
    return { world, told, enter };
  }
  async function until(met: () => boolean): Promise<void> {
    while (!met()) await new Promise((resolve) => setImmediate(resolve));
  }

  it("lets runs start at once while there is room, and tells nobody", async () => {
    const { told, enter } = setUp();
    await Promise.all([enter(), enter(), enter()]);
    expect(told).to.be.empty;
  });

  it("counts what starting runs will take, until they have taken it", async () => {
    const { world, told, enter } = setUp();
    world.free = 800;
    const first = await enter();
    const second = await enter();
    let third: Admission | undefined;
    void enter().then((admission) => (third = admission));
    await until(() => told.length > 0);
    expect(third).to.equal(undefined);
    first.settle();
    second.settle();
    await until(() => third !== undefined);
  });

  it("says why a run waits, and that it waits no longer", async () => {
    const { world, told, enter } = setUp();
    await enter();
    world.free = 100;
    const waiting = enter();
    await until(() => told.length > 0);
    expect(told[0]).to.match(/^memory is short: 0 MiB are free .* 500 MiB have to stay free; .* one of 1 ends/);
    world.free = 10_000;
    await waiting;
    expect(told.slice(1)).to.deep.equal([undefined]);
  });

  it("always lets one run go on, whatever is free", async () => {
    const { world, enter } = setUp();
    world.free = 0;
    const first = await enter();
    let second: Admission | undefined;
    void enter().then((admission) => (second = admission));
    await until(() => world.reads > 5);
    expect(second).to.equal(undefined);
    first.leave();
    await until(() => second !== undefined);
  });

  it("closes what is idle before it lets a run wait", async () => {
    const { world, told, enter } = setUp();
    const first = await enter();
    first.settle();
    world.free = 400;
    world.idle = 2;
    await enter();
    expect(world.idle).to.equal(0);
    expect(told).to.be.empty;
  });

  it("lets runs start in the order in which they came", async () => {
    const { world, told, enter } = setUp();
    const first = await enter();
    world.free = 0;
    const order: number[] = [];
    const leave = (index: number) => (admission: Admission) => {
      order.push(index);
      admission.leave();
    };
    const waiting = [1, 2, 3].map((index) => enter().then(leave(index)));
    await until(() => told.length === 3);
    first.leave();
    await Promise.all(waiting);
    expect(order).to.deep.equal([1, 2, 3]);
  });

  it("lets a run that is asked to stop go, and those behind it go on", async () => {
    const { world, told, enter } = setUp();
    const first = await enter();
    world.free = 0;
    const stop = new AbortController();
    const stopped = enter(stop.signal).then(
      () => assert.fail("it was admitted"),
      (error: unknown) => error,
    );
    const next = enter();
    await until(() => told.length === 2);
    stop.abort();
    expect(await stopped).to.be.instanceOf(RunCancelled);
    first.leave();
    await next;
    expect(await enter(AbortSignal.abort()).catch((error: unknown) => error)).to.be.instanceOf(RunCancelled);
  });

  it("reads no memory without a floor", async () => {
    const { world, enter } = setUp(0);
    world.free = 0;
    await Promise.all([enter(), enter()]);
    expect(world.reads).to.equal(0);
  });
});
