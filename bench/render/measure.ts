import { join } from "node:path";

import { inChild } from "../child";
import type { Measured } from "../print";
import { mebibytes } from "../print";
import type { RendererAnswer } from "./renderer";

/** Rendering a release for a whole fleet and cutting it for each site, without Git. */
export async function measureRender([sites = 0]: readonly number[]): Promise<Measured> {
  const { seconds, cpu, peak, files, bytes } = await inChild<RendererAnswer>(join(__dirname, "renderer.ts"), [
    String(sites),
  ]);
  return {
    title: "Rendering a release and every site's cut",
    columns: ["fleet", "seconds", "CPU s", "peak memory", "files", "size"],
    rows: [[`${sites} sites`, seconds.toFixed(1), cpu.toFixed(1), mebibytes(peak), String(files), mebibytes(bytes)]],
    notes: ["promised: 5000 sites in less than 60 s and 1024 MiB"],
  };
}
