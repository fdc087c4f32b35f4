/** Plain arguments of a component that it cannot work with. Thrown before anything is registered. */
export class ComponentArgumentError extends Error {
  override readonly name = "ComponentArgumentError";

  /**
   * @param code stable code such as `EDGE-COMPONENT-002`.
   * @param component the component's name, such as `KubesprayCluster`.
   * @param where the argument, such as `site.network.apiVip`, with the site's name where that helps.
   * @param message what is wrong, with the offending values.
   * @param hint what to do next.
   */
  constructor(
    readonly code: string,
    readonly component: string,
    readonly where: string,
    message: string,
    readonly hint: string,
  ) {
    super(`${code} ${component}: ${where}: ${message}. ${hint}`);
  }
}
