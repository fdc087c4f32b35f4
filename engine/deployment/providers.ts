import { EngineError, messageOf, RefusedError } from "../errors";
import { hasUnknown, mapValues } from "../property/shape";
import type { PropertyMap } from "../property/value";
import type {
  CallContext,
  CheckRequest,
  CheckResponse,
  ConfiguredProvider,
  DiffRequest,
  DiffResponse,
  ResourceProvider,
} from "../providers/provider";
import { NO_DIFF } from "../steps/diff";
import { parseReference, providerPackage, typeOf } from "../urn";

/** The key under which the official engine keeps its own settings in a provider's inputs. */
export const INTERNAL_KEY = "__internal";

/** A provider's inputs as the provider sees them. */
export function withoutInternal(inputs: PropertyMap): PropertyMap {
  return mapValues(inputs, (value, key) => (key === INTERNAL_KEY ? undefined : value));
}

/** A provider whose configuration a preview cannot know; see `plugin.provider_plugin.go`. */
export class UnconfiguredProvider extends Error {
  constructor() {
    super(
      "The provider for this resource has inputs that are not known during preview. " +
        "This preview may not correctly represent the changes that will be applied during an update.",
    );
    this.name = "UnconfiguredProvider";
  }
}

/** The configured providers of a run, by reference (`URN::ID`). */
export class ProviderInstances {
  private readonly instances = new Map<string, Promise<ConfiguredProvider | undefined>>();
  private readonly packages: ReadonlyMap<string, ResourceProvider>;

  constructor(
    providers: readonly ResourceProvider[],
    private readonly context: (urn: string) => CallContext,
  ) {
    this.packages = new Map(providers.map((provider) => [provider.name, provider]));
  }

  /** @throws if this engine has no such provider. */
  definition(pkg: string): ResourceProvider {
    const found = this.packages.get(pkg);
    if (found === undefined) {
      const known = [...this.packages.keys()]
        .filter((name) => name !== "pulumi")
        .sort()
        .join(", ");
      throw new RefusedError(
        `the provider '${pkg}'`,
        `it has ${known === "" ? "none" : known}; use the official pulumi CLI for others`,
      );
    }
    return found;
  }

  /** @throws if the package does not serve the resource type. */
  requireType(type: string, pkg: string): void {
    const { types } = this.definition(pkg);
    if (types !== "*" && !types.includes(type)) {
      throw new RefusedError(`the resource type '${type}'`);
    }
  }

  has(reference: string): boolean {
    return this.instances.has(reference);
  }

  /** Configures the provider of a reference, replacing an instance that is there. */
  async configure(reference: string, inputs: PropertyMap): Promise<void> {
    const { urn } = parseReference(reference);
    const definition = this.definition(providerPackage(typeOf(urn)));
    const settings = withoutInternal(inputs);
    const former = this.instances.get(reference);
    const instance = hasUnknown(settings)
      ? Promise.resolve(undefined)
      : definition.configure(settings, this.context(urn));
    this.instances.set(reference, instance);
    instance.catch(() => undefined);
    await (await former?.catch(() => undefined))?.close();
    await instance;
  }

  /**
   * The configured provider of a reference.
   *
   * @throws UnconfiguredProvider in a preview, if its configuration is not known yet.
   */
  async get(reference: string): Promise<ConfiguredProvider> {
    const instance = this.instances.get(reference);
    if (instance === undefined) {
      throw new EngineError(`the provider ${reference} is not loaded`);
    }
    const provider = await instance;
    if (provider === undefined) {
      throw new UnconfiguredProvider();
    }
    return provider;
  }

  async checkConfig(request: CheckRequest): Promise<CheckResponse> {
    const definition = this.definition(providerPackage(request.type));
    const response = await definition.checkConfig(
      { ...request, olds: withoutInternal(request.olds), news: withoutInternal(request.news) },
      this.context(request.urn),
    );
    const kept: Record<string, PropertyMap[string]> = { ...response.inputs };
    for (const key of [INTERNAL_KEY, "version"]) {
      const value = request.news[key];
      if (value !== undefined) {
        kept[key] = value;
      }
    }
    return { ...response, inputs: kept };
  }

  async diffConfig(request: DiffRequest): Promise<DiffResponse> {
    const definition = this.definition(providerPackage(request.type));
    const diff = await definition.diffConfig({
      ...request,
      oldInputs: withoutInternal(request.oldInputs),
      newInputs: withoutInternal(request.newInputs),
    });
    if (diff.changes === "unknown" && request.oldInputs["version"] === request.newInputs["version"]) {
      return { ...NO_DIFF, changes: "unknown" };
    }
    return diff;
  }

  /** Lets every provider end. All are asked, and the first failure is thrown. */
  async close(): Promise<void> {
    const failures: unknown[] = [];
    for (const instance of this.instances.values()) {
      await instance.then((provider) => provider?.close()).catch((error: unknown) => failures.push(error));
    }
    this.instances.clear();
    if (failures.length > 0) {
      throw new EngineError(`closing a provider: ${messageOf(failures[0])}`, { cause: failures[0] });
    }
  }
}
