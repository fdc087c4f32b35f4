/**
 * The values that travel between a program, the engine and a provider: JSON, plus what JSON cannot say.
 *
 * The wire form (`google.protobuf.Struct` with signature keys) and the checkpoint form are in `wire.ts` and
 * `checkpoint.ts`; nothing else knows about signatures.
 */

/** A value that a preview cannot know yet. */
export class Unknown {
  static readonly value = new Unknown();
  private constructor() {}
}

/** A value that must never be shown or stored in clear. `element` is never itself a `Secret`. */
export class Secret {
  constructor(readonly element: PropertyValue) {}
}

/** A first-class output with its own dependencies (`pulumi.output.Output` on the wire). */
export class OutputValue {
  constructor(
    readonly element: PropertyValue,
    readonly known: boolean,
    readonly secret: boolean,
    readonly dependencies: readonly string[],
  ) {}
}

/** A reference to another resource, as the SDK sends it when a resource is passed as an argument. */
export class ResourceReference {
  constructor(
    readonly urn: string,
    readonly id: string | Unknown | undefined,
    readonly packageVersion: string,
  ) {}
}

/** An asset or archive: text, a path, a URI, or entries; `hash` is the content's SHA-256 in hex. */
export class AssetOrArchive {
  constructor(
    readonly kind: "asset" | "archive",
    readonly hash: string,
    readonly source:
      | { readonly text: string }
      | { readonly path: string }
      | { readonly uri: string }
      | { readonly assets: PropertyMap },
  ) {}
}

export type PropertyValue =
  | null
  | boolean
  | number
  | string
  | readonly PropertyValue[]
  | PropertyMap
  | Unknown
  | Secret
  | OutputValue
  | ResourceReference
  | AssetOrArchive;

/** Named values. Keys keep no order of meaning; writers sort them where the official engine does. */
export interface PropertyMap {
  readonly [key: string]: PropertyValue;
}
