import { pathToFileURL } from "node:url";

import { type Client, createClient, type InStatement, type ResultSet } from "@libsql/client";

import { namedFileFailure } from "./fileFailures";

/** How long a statement waits for another process's write, in milliseconds. */
const busyTimeout = 10_000;

/** What a ledger uses of its database. */
export interface LedgerClient {
  execute(statement: InStatement): Promise<ResultSet>;
  batch(statements: InStatement[], mode: "write"): Promise<ResultSet[]>;
  executeMultiple(sql: string): Promise<void>;
  close(): void;
}

/**
 * Opens the database of a ledger, with one connection, so that its pragmas hold for every statement.
 * @throws LedgerUnreadable or LedgerUnwritable, here and from every statement, for what is wrong with the file.
 */
export function openClient(file: string): LedgerClient {
  let client: Client;
  try {
    client = createClient({ url: pathToFileURL(file).href, concurrency: 1, timeout: busyTimeout });
  } catch (error) {
    throw namedFileFailure(file, error);
  }
  const named = (error: unknown) => {
    throw namedFileFailure(file, error);
  };
  return {
    execute: (statement) => client.execute(statement).catch(named),
    batch: (statements, mode) => client.batch(statements, mode).catch(named),
    executeMultiple: (sql) => client.executeMultiple(sql).catch(named),
    close: () => client.close(),
  };
}
