import { withoutSecrets } from "../../property/shape";
import type { PropertyMap } from "../../property/value";
import { ProviderError } from "../failure";
import type { InvokeResponse } from "../provider";
import type { DefinedScopes } from "./kinds";
import { textAt } from "./kinds";
import { decodeYaml } from "./yaml";

const decode = "kubernetes:yaml:decode";

/** The functions that need no cluster. `yaml:decode` stands behind the SDK's ConfigFile and ConfigGroup. */
export const kubernetesFunctions: readonly string[] = [decode];

/**
 * Calls a function of the package.
 *
 * @throws ProviderError for one that is not served, such as Helm's and Kustomize's.
 */
export function invokeFunction(token: string, args: PropertyMap, defined: DefinedScopes): InvokeResponse {
  if (token !== decode) {
    throw new ProviderError(
      "EDGE-KUBERNETES-008",
      `the embedded engine does not serve ${token}`,
      "Render the chart or overlay beforehand and declare its objects, or run this stack with the official engine",
    );
  }
  const clear = withoutSecrets(args) as PropertyMap;
  const result = decodeYaml(textAt(clear, "text"), textAt(clear, "defaultNamespace"), defined);
  return { result: { result }, failures: [] };
}
