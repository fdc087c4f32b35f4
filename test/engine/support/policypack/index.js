const { PolicyPack } = require("@pulumi/policy");

const isThing = (type) => type === "test:index:Thing";

new PolicyPack("thing-policies", {
  policies: [
    {
      name: "value-limit",
      description: "A thing's value has a limit.",
      enforcementLevel: "mandatory",
      configSchema: { properties: { limit: { type: "number", default: 10 } } },
      validateResource: (args, report) => {
        if (isThing(args.type) && args.props.value > args.getConfig().limit) {
          report(`${args.name} has ${args.props.value}`);
        }
      },
    },
    {
      name: "named-well",
      description: "A thing's name is short.",
      enforcementLevel: "advisory",
      validateResource: (args, report) => {
        if (isThing(args.type) && args.name.length > 3) {
          report(`${args.name} is long`);
        }
      },
    },
    {
      name: "kind-given",
      description: "A thing has a kind.",
      enforcementLevel: "remediate",
      remediateResource: (args) =>
        isThing(args.type) && args.props.kind === undefined ? { ...args.props, kind: "plain" } : undefined,
    },
    {
      name: "not-many",
      description: "A stack has few things.",
      enforcementLevel: "mandatory",
      validateStack: (args, report) => {
        const count = args.resources.filter(({ type }) => isThing(type)).length;
        if (count > 2) {
          report(`there are ${count}`);
        }
      },
    },
  ],
});
