import type { Hub, ImageSigning } from "../../fleet/model";
import type { Override } from "../../fleet/overrides";
import type { FleetPolicy } from "../../fleet/policy";

/** What sites have beyond what release and profile say. */
export interface Additions {
  /** Where metrics, logs and backups of sites go; without it nothing leaves a site. */
  readonly hub?: Hub | undefined;
  readonly imageSigning?: ImageSigning | undefined;
  /** What the fleet says of the rules that admission enforces too. */
  readonly policy?: FleetPolicy | undefined;
  /** The fleet's; each for the sites that it names. In any order. */
  readonly overrides?: readonly Override[];
  /** By site. */
  readonly sealed?: ReadonlyMap<string, readonly SealedFile[]>;
}

/** An encrypted Secret of one of a site's services. */
export interface SealedFile {
  readonly service: string;
  /** File name, such as `velero-s3.yaml`. */
  readonly file: string;
  readonly text: string;
}
