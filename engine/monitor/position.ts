import { isAbsolute, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import type { SourcePosition, StackTrace } from "@pulumi/pulumi/proto/source_pb";

import type { Json } from "../property/checkpoint";

/** A position relative to the project's folder, as the state holds it; empty if it cannot be told. */
export function sourcePosition(position: SourcePosition | undefined, projectFolder: string): string {
  if (position === undefined || !position.getUri().startsWith("file:")) {
    return "";
  }
  let path: string;
  try {
    path = fileURLToPath(position.getUri());
  } catch {
    return "";
  }
  if (!isAbsolute(path)) {
    return "";
  }
  const below = pathToFileURL("/").href + encodeURI(relative(projectFolder, path)).replace(/#/g, "%23");
  const column = position.getColumn() === 0 ? "" : `,${position.getColumn()}`;
  return `${below.replace(/^file:\/\//, "project://")}#${position.getLine()}${column}`;
}

/** The frames of a registration; one that cannot be told is empty. */
export function stackTrace(trace: StackTrace | undefined, projectFolder: string): Json[] {
  return (trace?.getFramesList() ?? []).map((frame): Json => {
    const position = sourcePosition(frame.getPc(), projectFolder);
    return position === "" ? {} : { sourcePosition: position };
  });
}
