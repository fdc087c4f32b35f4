import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { LibsqlError } from "@libsql/client";
import { assert, expect } from "chai";

import { openClient } from "../../../rollout/ledger/client";
import { LedgerUnreadable, LedgerUnwritable, namedFileFailure } from "../../../rollout/ledger/fileFailures";

describe("a ledger's client", () => {
  it("tells of a full disk by name, for single statements and for batches, and works on when there is room", async () => {
    const folder = await mkdtemp(join(tmpdir(), "edgewave-full-"));
    const file = join(folder, "ledger.db");
    const client = openClient(file);
    await client.execute("CREATE TABLE t (x TEXT)");
    // SQLite answers a full database of its own limit as it answers a full disk.
    await client.execute("PRAGMA max_page_count = 4");
    const large = { sql: "INSERT INTO t VALUES (?)", args: ["x".repeat(50_000)] };
    for (const write of [() => client.execute(large), () => client.batch([large], "write")]) {
      const failure = await write().then(
        () => undefined,
        (error: unknown) => error,
      );
      assert(failure instanceof LedgerUnwritable);
      expect(failure.message).to.contain(`${file} cannot be written: the disk is full`);
      expect(failure.message).to.contain(`Make room in ${folder}, then run the same command again`);
    }
    await client.execute("PRAGMA max_page_count = 1000");
    await client.batch([large], "write");
    expect((await client.execute("SELECT * FROM t")).rows).to.have.length(1);
    client.close();
    await rm(folder, { recursive: true });
  });
});

describe("namedFileFailure", () => {
  const node = (code: string) => Object.assign(new Error(`${code}: no`), { code });

  it("names what hinders writing", () => {
    const errors = [
      ...["SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY", "SQLITE_BUSY"].map((code) => new LibsqlError("no", code)),
      ...["ENOSPC", "EDQUOT", "EACCES", "EROFS"].map(node),
    ];
    for (const error of errors) {
      const failure = namedFileFailure("/out/ledger.db", error);
      assert(failure instanceof LedgerUnwritable, String(error));
      expect(failure.cause).to.equal(error);
    }
  });

  it("names damage", () => {
    for (const code of ["SQLITE_CORRUPT", "SQLITE_NOTADB"]) {
      expect(namedFileFailure("/out/ledger.db", new LibsqlError("no", code))).to.be.instanceOf(LedgerUnreadable);
    }
  });

  it("leaves every other error as it is", () => {
    for (const error of [new LibsqlError("no", "SQLITE_CONSTRAINT"), node("ENOENT"), new Error("other"), "text"]) {
      expect(namedFileFailure("/out/ledger.db", error)).to.equal(error);
    }
  });
});
