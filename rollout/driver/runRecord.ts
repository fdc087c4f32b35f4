import { randomBytes } from "node:crypto";
import type { RolloutEvent } from "../events";
import { applyEvent, foldEvents } from "../fold";
import type { Lease } from "../ledger/ledger";
import { isSnapshotDue, snapshotForm, snapshotText } from "../snapshot";
import { startState } from "../startState";
import type { RolloutState } from "../state";
import type { RolloutRun } from "./options";

/** The run that is driven: what is recorded of it, and the state that follows from that. */
export class RunRecord {
  private state: RolloutState | undefined;
  /** The last event that is in a snapshot. */
  private kept = 0;

  /** @param onRecorded told of each event with the state after it, before anybody else is. */
  constructor(
    private readonly options: Pick<RolloutRun, "ledger" | "clock" | "onEvent">,
    private readonly lease: Lease,
    private readonly onRecorded: (type: RolloutEvent["type"], state: RolloutState) => void,
  ) {}

  current(): RolloutState {
    if (this.state === undefined) throw new Error("the rollout has not begun");
    return this.state;
  }

  /** Goes on with a run from what the ledger has of it. */
  async takeUp(run: string): Promise<RolloutState> {
    this.state = foldEvents(await this.options.ledger.events(run));
    return this.state;
  }

  /** Appends to the ledger, then applies; the first events begin a run. */
  async record(events: readonly RolloutEvent[]): Promise<void> {
    if (events.length === 0) return;
    const { ledger, clock, onEvent } = this.options;
    const run = this.state?.run ?? newRunName(clock.now());
    for (const recorded of await ledger.append(this.lease, run, clock.now(), events)) {
      this.state = this.state === undefined ? startState(recorded) : applyEvent(this.state, recorded);
      this.onRecorded(recorded.event.type, this.state);
      onEvent?.(recorded, this.state);
    }
    await this.keepSnapshot();
  }

  private async keepSnapshot(): Promise<void> {
    const state = this.current();
    if (!isSnapshotDue(state, this.kept)) return;
    this.kept = state.sequence;
    await this.options.ledger.keepSnapshot(this.lease, state.run, state.sequence, snapshotForm, snapshotText(state));
  }
}

/** Such as `20261123T121103Z-5f0c`: in order of time, and distinct when two start in one second. */
function newRunName(now: number): string {
  const time = new Date(now).toISOString().replace(/[-:]|\.\d+/g, "");
  return `${time}-${randomBytes(2).toString("hex")}`;
}
