import type { Explained } from "../commands/explain";
import { escapeUnseen } from "../../fleet/characters";
import { colorsOf, type Io } from "../io";

/** A line a layer, the weakest first; what counts is marked. */
export function formatExplained({ site, path, layers, merged, value }: Explained, io: Io): string {
  const colors = colorsOf(io);
  const winner = layers.findLastIndex(({ says }) => says);
  const width = Math.max(...layers.map(({ layer }) => layer.length));
  const lines = layers.map(({ layer, source, value: said, says }, index) => {
    const mark = says && (merged || index === winner) ? "*" : " ";
    const what = says ? written(said) : "says nothing";
    const line = `${mark} ${layer.padEnd(width)}  ${what}${source === undefined ? "" : `  ${colors.dim(source)}`}`;
    return index === winner ? colors.bold(line) : line;
  });
  const note = merged ? ["each layer adds its keys; of one key the last layer's value counts"] : [];
  const head = merged ? `${site}  ${path}` : `${site}  ${path} = ${written(value)}`;
  return [head, ...lines, ...note].join("\n");
}

function written(value: unknown): string {
  return value === undefined ? "(nothing)" : escapeUnseen(typeof value === "string" ? value : JSON.stringify(value));
}
