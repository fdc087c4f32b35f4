import { dirname } from "node:path";

import { LibsqlError } from "@libsql/client";

/** The ledger's file is no database, or one that is damaged below its events, as by a cut or a broken disk. */
export class LedgerUnreadable extends Error {
  override readonly name = "LedgerUnreadable";

  constructor(
    readonly file: string,
    readonly why: string,
    options?: ErrorOptions,
  ) {
    super(
      `${file} cannot be read as a ledger: ${why}. Restore it from a backup; or move it away, together with ` +
        `${file}-wal and ${file}-shm if they are there, to begin a new ledger, with which the next rollout runs every ` +
        "site again",
      options,
    );
  }
}

/** The ledger's file is sound as far as is known, but cannot be opened or written, as on a full disk. */
export class LedgerUnwritable extends Error {
  override readonly name = "LedgerUnwritable";

  constructor(
    readonly file: string,
    readonly why: string,
    next: string,
    options?: ErrorOptions,
  ) {
    super(
      `${file} cannot be written: ${why}. What was recorded before holds. ${next}, then run the same command again`,
      options,
    );
  }
}

/** Primary result codes that say that a file is no sound database (https://www.sqlite.org/rescode.html). */
const damaged: Readonly<Record<string, string>> = {
  SQLITE_CORRUPT: "the database is damaged",
  SQLITE_NOTADB: "it is no database",
};

/** Codes of SQLite and of Node for files that cannot be opened or written: why, and what to do. */
const hindered: Readonly<Record<string, (file: string) => readonly [why: string, next: string]>> = {
  SQLITE_FULL: fullDisk,
  ENOSPC: fullDisk,
  EDQUOT: (file) => ["your disk quota is used up", `Make room in ${dirname(file)}`],
  SQLITE_IOERR: (file) => ["the disk reported an error", `See that the disk of ${dirname(file)} is sound and not full`],
  EIO: (file) => ["the disk reported an error", `See that the disk of ${dirname(file)} is sound`],
  SQLITE_READONLY: noRight,
  SQLITE_PERM: noRight,
  SQLITE_CANTOPEN: noRight,
  EACCES: noRight,
  EPERM: noRight,
  EROFS: noRight,
  SQLITE_BUSY: () => ["another process has been writing to it for too long", "Wait for that process or stop it"],
};

function fullDisk(file: string): readonly [string, string] {
  return ["the disk is full", `Make room in ${dirname(file)}`];
}

function noRight(file: string): readonly [string, string] {
  return ["it may not be opened or written", `See that ${dirname(file)} and the files in it are yours to write`];
}

/** The error in words that a person can act on if it is about the ledger's file; otherwise as it is. */
export function namedFileFailure(file: string, error: unknown): unknown {
  const code = codeOf(error);
  if (code === undefined) return error;
  const damage = damaged[code];
  if (damage !== undefined) return new LedgerUnreadable(file, damage, { cause: error });
  const hindrance = hindered[code]?.(file);
  return hindrance === undefined ? error : new LedgerUnwritable(file, ...hindrance, { cause: error });
}

function codeOf(error: unknown): string | undefined {
  if (error instanceof LibsqlError) return error.code;
  if (!(error instanceof Error)) return undefined;
  // libsql gives a file that it cannot open no code but SQLite's number, at the end of the message.
  if (/^ConnectionFailed\(.*: 14"\)$/s.test(error.message)) return "SQLITE_CANTOPEN";
  return (error as NodeJS.ErrnoException).code;
}
