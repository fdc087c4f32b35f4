import type { Finding } from "../../../fleet/finding";
import type { Release } from "../../../fleet/model";
import { pathText, type Path } from "../../../fleet/problem";
import { lockCodes, type RegistryFailure } from "../../../registry";
import type { ReleaseFile } from "./releaseFile";

export interface Failed {
  /** The catalog's component whose image or chart it is. */
  readonly component: string;
  readonly failure: RegistryFailure;
}

/** What failed, at the line of the release that brings the image or chart, in order of line and message. */
export function findingsOf(release: Release, file: ReleaseFile, failed: readonly Failed[]): Finding[] {
  return failed
    .map(({ component, failure: { code, message, hint } }) => {
      const at = whereBrought(release, component);
      return {
        code,
        severity: lockCodes[code].severity,
        file: release.source.file,
        line: file.lineOf(at),
        path: pathText(at),
        message,
        hint: hint ?? lockCodes[code].fix,
      };
    })
    .sort((a, b) => a.line - b.line || (a.message < b.message ? -1 : 1));
}

/** What the release does not name comes with its Kubespray. */
function whereBrought(release: Release, component: string): Path {
  if (Object.hasOwn(release.components, component)) return ["spec", "components", component];
  return ["spec", component === "kubernetes" ? "kubernetes" : "kubespray"];
}
