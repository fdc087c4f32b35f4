/** What of edgewave itself decides what a stack becomes. */
export const programParts = ["stacks", "components", "kubespray", "profiles", "catalog", "package-lock.json"] as const;
