import type { StackValidationPolicy } from "@pulumi/policy";

/**
 * Speaks up when the site of a stack cannot be found: the rules that need it are silent then, and silence must not be
 * taken for a pass.
 * @param reason why there is none; undefined if there is one.
 */
export function siteKnown(reason: string | undefined): StackValidationPolicy {
  return {
    name: "site-known",
    description: "The stack is a site of a fleet, so that the rules about sites can judge it.",
    enforcementLevel: "mandatory",
    validateStack: (_, report) => {
      if (reason !== undefined)
        report(`The rules that need the site, its release or its fleet were not asked: ${reason}.`);
    },
  };
}
