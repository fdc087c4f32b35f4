const { PolicyPack } = require("@pulumi/policy");
const pulumi = require("@pulumi/pulumi");

const isPet = (type) => type === "random:index/randomPet:RandomPet";
const isPassword = (type) => type === "random:index/randomPassword:RandomPassword";

new PolicyPack("contract-policies", {
  policies: [
    {
      name: "length-limit",
      description: "A pet's name has a limit.",
      enforcementLevel: "mandatory",
      configSchema: { properties: { limit: { type: "number", default: 3 } } },
      validateResource: (args, report) => {
        if (isPet(args.type) && args.props.length > args.getConfig().limit) {
          report(`${args.name} has ${args.props.length} words`);
        }
      },
    },
    {
      name: "short-names",
      description: "A pet's logical name is short.",
      enforcementLevel: "advisory",
      validateResource: (args, report) => {
        if (isPet(args.type) && args.name.length > 6) {
          report(`${args.name} is long`);
        }
      },
    },
    {
      name: "prefix-given",
      description: "A pet has a prefix.",
      enforcementLevel: "remediate",
      remediateResource: (args) =>
        isPet(args.type) && args.props.prefix === undefined ? { ...args.props, prefix: "edge" } : undefined,
    },
    {
      name: "no-commands",
      description: "Commands are not allowed, unless the configuration says so.",
      enforcementLevel: "disabled",
      validateResource: (args, report) => {
        if (args.type === "command:local:Command") {
          report(`${args.name} is a command`);
        }
      },
    },
    {
      name: "known-stack",
      description: "A pack knows whose stack it judges.",
      enforcementLevel: "disabled",
      validateResource: (args, report) => {
        if (isPet(args.type)) {
          const settings = ["plain", "token"].map((key) => new pulumi.Config("contract").get(key));
          report([pulumi.getProject(), pulumi.getStack(), String(pulumi.runtime.isDryRun()), ...settings].join(" "));
        }
      },
    },
    {
      name: "not-many",
      description: "A stack has few pets.",
      enforcementLevel: "mandatory",
      validateStack: (args, report) => {
        const pets = args.resources.filter(({ type }) => isPet(type));
        if (pets.length > 2) {
          report(`there are ${pets.length}`);
        }
      },
    },
    {
      name: "made-well",
      description: "The outputs of a password are there when the stack is judged.",
      enforcementLevel: "advisory",
      validateStack: (args, report) => {
        for (const { type, urn, name, props, parent, opts } of args.resources) {
          if (isPassword(type) && props.result !== undefined) {
            const notes = [`${props.result.length} characters`, parent === undefined ? "no parent" : "a parent"];
            report(`${name} has ${[...notes, ...(opts.protect ? ["protection"] : [])].join(", ")}`, urn);
          }
        }
      },
    },
  ],
});
