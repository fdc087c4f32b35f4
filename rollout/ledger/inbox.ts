/** What another process asks of the driver of a rollout, such as to pause it. */
export interface LedgerRequest {
  readonly rollout: string;
  /** The run that it is meant for; undefined for whichever is driven. */
  readonly run: string | undefined;
  /** Milliseconds since the epoch, by the clock of who asks. */
  readonly at: number;
  readonly type: string;
  /** Whatever the type needs, as JSON can hold it. */
  readonly data: unknown;
  /** Who asks, for people. */
  readonly by: string;
}

export interface StoredRequest extends LedgerRequest {
  /** A UUID. */
  readonly id: string;
}

export interface RequestAnswer {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly answer: string;
}

/**
 * Where other processes leave requests for a driver, in the file of the ledger. Requests are no events: they say what
 * somebody wants, not what happened, and are outside of the chain. The driver records what it makes of them.
 */
export interface Inbox {
  /** @returns the request's id, once it is stored. */
  putRequest(request: LedgerRequest): Promise<string>;
  /** Those of a rollout that nobody has answered, in order of arrival. */
  openRequests(rollout: string): Promise<StoredRequest[]>;
  /**
   * Answers a request, once: a driver that was killed between doing it and saying so may come to it again.
   * @returns false if it was answered before, or is not there; the first answer stays.
   */
  answerRequest(id: string, answer: string): Promise<boolean>;
  /** Undefined while there is none. @throws UnknownRequest for an id that is not there. */
  requestAnswer(id: string): Promise<RequestAnswer | undefined>;
}

/** There is no such request in this ledger, so that nobody will ever answer it. */
export class UnknownRequest extends Error {
  override readonly name = "UnknownRequest";

  constructor(readonly id: string) {
    super(`there is no request ${id} in the ledger; it was put into another one, or this one is new`);
  }
}
