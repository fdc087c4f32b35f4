/** Some sites' repositories could not be brought to the release; all others were. Publishing again goes on from there. */
export class PublishFailed extends Error {
  override readonly name = "PublishFailed";
  constructor(
    readonly release: string,
    /** In order of the sites' names. */
    readonly failures: readonly { readonly site: string; readonly error: unknown }[],
    total: number,
  ) {
    const shown = failures.slice(0, shownFailures).map(({ site, error }) => `- ${site}: ${messageOf(error)}`);
    if (failures.length > shown.length) shown.push(`- and ${failures.length - shown.length} more`);
    super(
      `Release ${release} could not be published to ${failures.length} of ${total} sites. The others have it; ` +
        `remove the cause and publish again.\n${shown.join("\n")}`,
      { cause: failures[0]?.error },
    );
  }
}

const shownFailures = 5;

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
