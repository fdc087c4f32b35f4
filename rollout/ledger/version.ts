import type { LedgerClient } from "./client";
import { schema, schemaVersion, upgrades } from "./schema";

/**
 * Makes the tables of a new file, or brings those of an older edgewave up to date.
 * @throws Error if a newer edgewave has written the file.
 */
export async function bringUpToDate(client: LedgerClient, file: string): Promise<void> {
  const version = await versionOf(client);
  if (version > schemaVersion) {
    throw new Error(
      `${file} was written by a newer edgewave (ledger version ${version}, this one knows ${schemaVersion})`,
    );
  }
  await client.execute("PRAGMA journal_mode = WAL");
  await client.execute("PRAGMA synchronous = NORMAL");
  if (version < schemaVersion) await upgrade(client, version);
}

async function versionOf(client: LedgerClient): Promise<number> {
  return Number((await client.execute("PRAGMA user_version")).rows[0]?.["user_version"] ?? 0);
}

async function upgrade(client: LedgerClient, version: number): Promise<void> {
  try {
    await client.executeMultiple(`BEGIN IMMEDIATE; ${upgrades[version] ?? schema} COMMIT;`);
  } catch (error) {
    // Columns cannot be added twice; another process may have been faster.
    if ((await versionOf(client)) !== schemaVersion) throw error;
  }
}
