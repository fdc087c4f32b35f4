import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { expect } from "chai";
import fc from "fast-check";

import { admit, freeMemory } from "../../../rollout/runner/memory";

describe("admit", () => {
  const table: [string, number, number, number, boolean][] = [
    ["starts a run while more than the floor is free", 513, 512, 3, true],
    ["starts a run while just the floor is free", 512, 512, 3, true],
    ["lets a run wait while less than the floor is free", 511, 512, 1, false],
    ["starts the first run whatever is free", 0, 512, 0, true],
    ["starts the first run also where less than nothing is left", -100, 512, 0, true],
    ["knows no floor of 0", 0, 0, 9, true],
  ];
  for (const [sentence, free, floor, running, expected] of table) {
    it(sentence, () => expect(admit(free, floor, running)).to.equal(expected));
  }

  it("admits no less when more is free", () =>
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.nat(), fc.nat(), (free, more, floor, running) => {
        expect(admit(free + more, floor, running) || !admit(free, floor, running)).to.equal(true);
      }),
    ));
});

describe("freeMemory", () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "edgewave-memory-"));
  });
  afterEach(() => rm(root, { recursive: true }));

  const mebibytes = (count: number) => String(count * 1024 * 1024);
  async function files(content: Readonly<Record<string, string>>): Promise<void> {
    for (const [name, text] of Object.entries(content)) {
      await mkdir(dirname(join(root, name)), { recursive: true });
      await writeFile(join(root, name), text);
    }
  }
  const machine = { "proc/meminfo": `MemTotal:  8192000 kB\nMemFree:  1000 kB\nMemAvailable:  ${4096 * 1024} kB\n` };

  const table: [string, Record<string, string>, number][] = [
    ["is what the machine has available", {}, 4096],
    ["is what the machine has available in a cgroup of version 1", { "proc/self/cgroup": "5:memory:/x\n" }, 4096],
    [
      "is what the machine has available in a cgroup without a limit",
      { "proc/self/cgroup": "0::/a\n", "sys/fs/cgroup/a/memory.max": "max\n", "sys/fs/cgroup/a/memory.current": "1\n" },
      4096,
    ],
    [
      "is what a cgroup leaves, without files that nobody has read lately",
      {
        "proc/self/cgroup": "0::/a\n",
        "sys/fs/cgroup/a/memory.max": mebibytes(1000),
        "sys/fs/cgroup/a/memory.current": mebibytes(900),
        "sys/fs/cgroup/a/memory.stat": `anon 5\ninactive_file ${mebibytes(300)}\nactive_file 7\n`,
      },
      400,
    ],
    [
      "is what the narrowest of the cgroups above leaves",
      {
        "proc/self/cgroup": "0::/a/b\n",
        "sys/fs/cgroup/a/b/memory.max": mebibytes(3000),
        "sys/fs/cgroup/a/b/memory.current": mebibytes(0),
        "sys/fs/cgroup/a/memory.max": "max",
        "sys/fs/cgroup/a/memory.high": mebibytes(600),
        "sys/fs/cgroup/a/memory.current": mebibytes(100),
      },
      500,
    ],
    [
      "is nothing where a cgroup is over its limit",
      {
        "proc/self/cgroup": "0::/\n",
        "sys/fs/cgroup/memory.high": mebibytes(10),
        "sys/fs/cgroup/memory.current": mebibytes(20),
      },
      0,
    ],
  ];
  for (const [sentence, content, expected] of table) {
    it(sentence, async () => {
      await files({ ...machine, ...content });
      expect(await freeMemory(root)).to.equal(expected);
    });
  }

  it("is what the operating system calls free where there is no /proc, and something on this machine", async () => {
    expect(await freeMemory(root)).to.be.greaterThan(0);
    expect(await freeMemory()).to.be.greaterThan(0);
  });
});
