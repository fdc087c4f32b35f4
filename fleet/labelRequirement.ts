/**
 * Whether a label's value meets an expression of a selector, as Kubernetes has it: what has no such label meets `NotIn` and
 * `DoesNotExist` (labels.Requirement.Matches). Nothing meets an operator that nobody knows.
 * @param value undefined if there is no such label
 */
export function meetsRequirement(value: string | undefined, operator: unknown, values: readonly unknown[]): boolean {
  switch (operator) {
    case "In":
      return value !== undefined && values.includes(value);
    case "NotIn":
      return value === undefined || !values.includes(value);
    case "Exists":
      return value !== undefined;
    case "DoesNotExist":
      return value === undefined;
    default:
      return false;
  }
}
