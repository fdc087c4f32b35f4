import { RefusedError } from "../errors";
import type { Run } from "../deployment/run";
import { register } from "../deployment/register";
import { INTERNAL_KEY } from "../deployment/providers";
import { EMPTY_GOAL } from "../steps/goal";
import { packageOf, parseReference, providerPackage, providerType, typeOf } from "../urn";

/** The providers of resources that name none: one for each package and version, made when first needed. */
export class DefaultProviders {
  private readonly made = new Map<string, Promise<string>>();
  private readonly warned = new Set<string>();

  constructor(private readonly run: Run) {}

  /**
   * The provider reference for a token.
   *
   * @param reference what the program named, if anything.
   * @param version what the program's package asks for, if anything.
   * @throws if this engine has no such provider, or not this resource type.
   */
  async referenceFor(token: string, reference: string, version: string): Promise<string> {
    const pkg = packageOf(token);
    if (reference !== "") {
      const named = providerPackage(typeOf(parseReference(reference).urn));
      this.run.instances.definition(named);
      return reference;
    }
    const own = this.run.instances.definition(pkg).version;
    const wanted = version === "" || own === "" ? own : version;
    this.requireVersion(pkg, wanted);
    const key = `${pkg} ${wanted}`;
    let made = this.made.get(key);
    if (made === undefined) {
      made = this.make(pkg, wanted);
      this.made.set(key, made);
    }
    return made;
  }

  private requireVersion(pkg: string, wanted: string): void {
    const { version } = this.run.instances.definition(pkg);
    if (major(version) !== major(wanted)) {
      throw new RefusedError(`version ${wanted} of the provider '${pkg}'`, `it agrees with version ${version}`);
    }
    const asked = `${pkg} ${wanted}`;
    if (isOlder(version, wanted) && !this.warned.has(asked)) {
      this.warned.add(asked);
      // The official CLI's words for a plugin that is older than the program's package.
      this.run.report({
        urn: "",
        severity: "warning",
        message: `resource plugin ${pkg} is expected to have version >=${wanted}, but has ${version}`,
      });
    }
  }

  private async make(pkg: string, version: string): Promise<string> {
    const { state } = await register(this.run, {
      ...EMPTY_GOAL,
      type: providerType(pkg),
      // The engine's own package has neither a version nor settings.
      name: version === "" ? "default" : `default_${version.replace(/[^A-Za-z0-9]/g, "_")}`,
      properties: version === "" ? {} : { ...this.run.options.packageConfig(pkg), [INTERNAL_KEY]: {}, version },
    });
    return `${state.urn}::${state.fields.id}`;
  }
}

function major(version: string): string {
  return version.replace(/^v/, "").split(".")[0] ?? "";
}

/** Whether a version comes before another of the same major. */
function isOlder(version: string, than: string): boolean {
  const numbers = (text: string) => text.replace(/^v/, "").split(/[.+-]/).slice(0, 3).map(Number);
  const [a, b] = [numbers(version), numbers(than)];
  const at = a.findIndex((number, i) => number !== b[i]);
  return at !== -1 && (a[at] ?? 0) < (b[at] ?? 0);
}
