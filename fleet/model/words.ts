export type Architecture = "amd64" | "arm64";

export type ProfileName = "micro" | "mini" | "standard" | "ha-edge";

export type Target = "render" | "cluster" | "field";

export type NodeRole = "control-plane" | "worker";

/** What holds messages on the site until the hub has them. */
export type IngestionBuffer = "rabbitmq" | "strimzi";

/** Where a value was written, for findings. `file` is relative to the fleet folder. */
export interface SourcePosition {
  readonly file: string;
  /** From 1. */
  readonly line: number;
}
