import { randomUUID } from "node:crypto";

import type { Row } from "@libsql/client";

import type { LedgerClient } from "./client";
import { type Inbox, type LedgerRequest, type RequestAnswer, type StoredRequest, UnknownRequest } from "./inbox";

/** The rows of `requests`. */
export class Requests implements Inbox {
  constructor(private readonly client: LedgerClient) {}

  async putRequest({ rollout, run, at, type, data, by }: LedgerRequest): Promise<string> {
    const id = randomUUID();
    await this.client.execute({
      sql: "INSERT INTO requests (id, rollout, run, at, type, data, asked_by) VALUES (?, ?, ?, ?, ?, ?, ?)",
      args: [id, rollout, run ?? null, at, type, JSON.stringify(data ?? null), by],
    });
    return id;
  }

  async openRequests(rollout: string): Promise<StoredRequest[]> {
    const { rows } = await this.client.execute({
      sql: "SELECT * FROM requests WHERE rollout = ? AND answered_at IS NULL ORDER BY number",
      args: [rollout],
    });
    return rows.map(storedRequest);
  }

  async answerRequest(id: string, answer: string): Promise<boolean> {
    const { rowsAffected } = await this.client.execute({
      sql: "UPDATE requests SET answered_at = ?, answer = ? WHERE id = ? AND answered_at IS NULL",
      args: [Date.now(), answer, id],
    });
    return rowsAffected > 0;
  }

  async requestAnswer(id: string): Promise<RequestAnswer | undefined> {
    const { rows } = await this.client.execute({
      sql: "SELECT answered_at, answer FROM requests WHERE id = ?",
      args: [id],
    });
    const row = rows[0];
    if (row === undefined) throw new UnknownRequest(id);
    return row["answered_at"] === null ? undefined : { at: Number(row["answered_at"]), answer: String(row["answer"]) };
  }
}

function storedRequest(row: Row): StoredRequest {
  return {
    id: String(row["id"]),
    rollout: String(row["rollout"]),
    run: typeof row["run"] === "string" ? row["run"] : undefined,
    at: Number(row["at"]),
    type: String(row["type"]),
    data: JSON.parse(String(row["data"])) as unknown,
    by: String(row["asked_by"]),
  };
}
