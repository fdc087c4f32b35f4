import { pathToFileURL } from "node:url";

import { type Client, createClient, type InStatement, type ResultSet } from "@libsql/client";

import { namedFileFailure } from "./fileFailures";

/** How long a statement waits for another process's write, in milliseconds. */
const busyTimeout = 10_000;

export interface LedgerReader {
  execute(statement: InStatement): Promise<ResultSet>;
}

/** What a ledger uses of its database. */
export interface LedgerClient extends LedgerReader {
  batch(statements: InStatement[], mode: "write"): Promise<ResultSet[]>;
  executeMultiple(sql: string): Promise<void>;
  /** Everything that is read by it is as it was at one moment, although others go on writing. */
  atOneMoment<T>(read: (moment: LedgerReader) => Promise<T>): Promise<T>;
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
    atOneMoment: async (read) => {
      const moment = await client.transaction("deferred").catch(named);
      try {
        return await read({ execute: (statement) => moment.execute(statement).catch(named) });
      } finally {
        moment.close();
      }
    },
    close: () => client.close(),
  };
}
