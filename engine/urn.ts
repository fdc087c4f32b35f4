/** Names of resources: `urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME`. */

export const ROOT_STACK_TYPE = "pulumi:pulumi:Stack";
const PROVIDER_TYPE_PREFIX = "pulumi:providers:";

export interface UrnParts {
  readonly stack: string;
  readonly project: string;
  /** The types of the parents, joined by `$`, then the resource's own. */
  readonly qualifiedType: string;
  readonly name: string;
}

/** @throws if the text is not a URN. */
export function parseUrn(urn: string): UrnParts {
  const match = /^urn:pulumi:(.*?)::(.*?)::(.*?)::([\s\S]*)$/.exec(urn);
  if (!match) {
    throw new Error(`'${urn}' is not a URN (urn:pulumi:STACK::PROJECT::TYPE::NAME)`);
  }
  const [, stack = "", project = "", qualifiedType = "", name = ""] = match;
  return { stack, project, qualifiedType, name };
}

/** The URN of a resource; a parent that is the stack, or none, adds no type. */
export function makeUrn(stack: string, project: string, parent: string, type: string, name: string): string {
  const above = parent === "" ? "" : parseUrn(parent).qualifiedType;
  const qualified = above === "" || above === ROOT_STACK_TYPE ? type : `${above}$${type}`;
  return `urn:pulumi:${stack}::${project}::${qualified}::${name}`;
}

export function typeOf(urn: string): string {
  const { qualifiedType } = parseUrn(urn);
  return qualifiedType.slice(qualifiedType.lastIndexOf("$") + 1);
}

export function nameOf(urn: string): string {
  return parseUrn(urn).name;
}

/** Whether the type is a provider's own: `pulumi:providers:PACKAGE`. */
export function isProviderType(type: string): boolean {
  return type.startsWith(PROVIDER_TYPE_PREFIX) && !type.slice(PROVIDER_TYPE_PREFIX.length).includes(":");
}

/** The package of a provider's type, `pulumi:providers:random` -> `random`. */
export function providerPackage(type: string): string {
  return type.slice(PROVIDER_TYPE_PREFIX.length);
}

export function providerType(pkg: string): string {
  return PROVIDER_TYPE_PREFIX + pkg;
}

/** The package of a resource's or function's token, `random:index/randomPet:RandomPet` -> `random`. */
export function packageOf(token: string): string {
  return token.slice(0, Math.max(0, token.indexOf(":")));
}

/** A provider reference, `URN::ID`. */
export function parseReference(reference: string): { readonly urn: string; readonly id: string } {
  const at = reference.lastIndexOf("::");
  return { urn: reference.slice(0, at), id: reference.slice(at + 2) };
}
