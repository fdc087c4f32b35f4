import { Thing } from "./things";
import { World } from "./testProvider";
import { Bench } from "./workspace";

void Bench.with([new World()], async (bench) => {
  const stack = await bench.stack(async () => ({ made: new Thing("a", {}).made }));
  await stack.up({ onEvent: () => undefined });
  const broken = await bench.stack(async () => ({ made: new Thing("b", { fail: "no" }).made }));
  await broken.up().catch(() => undefined);
  process.stdout.write("done\n");
});
