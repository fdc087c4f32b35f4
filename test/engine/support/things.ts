import * as pulumi from "@pulumi/pulumi";

export interface ThingArgs {
  readonly value?: pulumi.Input<unknown>;
  readonly kind?: pulumi.Input<string>;
  readonly fail?: string;
  readonly partial?: boolean;
  readonly firstDelete?: boolean;
}

/** `test:index:Thing` as a program writes it. */
export class Thing extends pulumi.CustomResource {
  declare readonly value: pulumi.Output<unknown>;
  declare readonly kind: pulumi.Output<string>;
  declare readonly made: pulumi.Output<number>;

  constructor(name: string, args: ThingArgs, options?: pulumi.CustomResourceOptions) {
    super(
      "test:index:Thing",
      name,
      { value: undefined, kind: undefined, made: undefined, ...args },
      { version: "1.2.3", ...options },
    );
  }

  static get(name: string, id: pulumi.Input<pulumi.ID>, options?: pulumi.CustomResourceOptions): Thing {
    return new Thing(name, {}, { ...options, id });
  }
}

/** A provider of things with its own settings. */
export class ThingProvider extends pulumi.ProviderResource {
  constructor(name: string, args: { readonly region?: pulumi.Input<string> }, options?: pulumi.ResourceOptions) {
    super("test", name, args, { version: "1.2.3", ...options } as pulumi.ResourceOptions);
  }
}

/** A component with one thing in it. */
export class Part extends pulumi.ComponentResource {
  readonly thing: Thing;

  constructor(name: string, args: ThingArgs, options?: pulumi.ComponentResourceOptions) {
    super("test:parts:Part", name, { value: args.value }, options);
    this.thing = new Thing(`${name}-thing`, args, { parent: this });
    this.registerOutputs({ made: this.thing.made });
  }
}

/** A resource of any type, for those that nobody serves. */
export class Foreign extends pulumi.CustomResource {
  constructor(type: string, name: string, options?: pulumi.CustomResourceOptions) {
    super(type, name, {}, options);
  }
}
