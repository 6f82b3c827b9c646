import type { ManagerOrder, RegisterAck } from '../../protocol/manager-orders.ts';
import type { ErrorCode } from '../../protocol/manager-replies.ts';
import type { Heartbeat } from '../../protocol/worker-messages.ts';
import { BackOff } from './back-off.ts';
import { ConnectionTracker, type RegisteredState, type Session } from './connection-state.ts';
import { earliest } from './earliest.ts';
import type { ConnectionId } from './events.ts';
import { Heartbeats } from './heartbeats.ts';
import { KnownCluster } from './known-cluster.ts';
import { Outage } from './outage.ts';
import type { Outbox } from './outbox.ts';
import { registration } from './registration.ts';
import { seededRandom } from './seeded-random.ts';
import { Sight } from './sight.ts';
import type { Work } from './work.ts';
import type { WorkerSettings } from './worker-settings.ts';

type NumberedOrder = Exclude<ManagerOrder, RegisterAck>;

/**
 * This Worker's tie to its Manager: reaches it, registers, checks the shared directory, beats,
 * notices when TCP is dead, and begins again.
 */
export class Link {
  readonly sight: Sight;
  readonly #settings: WorkerSettings;
  readonly #outbox: Outbox;
  readonly #work: Work;
  readonly #tracker: ConnectionTracker;
  readonly #backOff: BackOff;
  readonly #cluster = new KnownCluster();
  readonly #heartbeats = new Heartbeats();
  readonly #outage: Outage;
  /** Number of the last order received. */
  #received = 0;

  constructor(settings: WorkerSettings, outbox: Outbox, work: Work, nowMs: number) {
    this.#settings = settings;
    this.#outbox = outbox;
    this.#work = work;
    this.#tracker = new ConnectionTracker(nowMs);
    this.sight = new Sight(settings.hostName, outbox, this.#tracker);
    this.#backOff = new BackOff(seededRandom(settings.seed));
    this.#outage = new Outage(settings.orphanTimeoutMs, nowMs);
  }

  isCurrent(connection: ConnectionId): boolean {
    return this.#tracker.isCurrent(connection);
  }

  /** How the Manager is reached, for people. */
  get state(): 'live' | 'silent' | 'blind' {
    if (!this.#tracker.registered) return 'silent';
    return this.#tracker.state.state === 'serving' ? 'live' : 'blind';
  }

  get udpConfirmed(): boolean {
    return this.#heartbeats.udpConfirmed;
  }

  /** When it has been too long without a Manager; undefined: never, or there is one. */
  get orphanedAtMs(): number | undefined {
    return this.#outage.orphanedAtMs;
  }

  get deadlineMs(): number | undefined {
    const deadlines = [this.#tracker.deadlineMs];
    const { registered } = this.#tracker;
    if (registered) {
      const { heartbeatIntervalMs } = registered.session;
      const { acknowledgement } = this.#outbox;
      deadlines.push(
        this.#heartbeats.dueAtMs,
        this.#work.progressDueAtMs,
        acknowledgement.overdueAtMs(heartbeatIntervalMs),
        acknowledgement.probeAtMs(heartbeatIntervalMs),
      );
    }
    return earliest(deadlines);
  }

  connected(nowMs: number): void {
    if (this.#tracker.state.state !== 'connecting') return;
    const connection = this.#tracker.registering(nowMs);
    this.#outbox.registering();
    const past = {
      clusterId: this.#cluster.clusterId,
      received: this.#received,
      attempts: this.#work.listings(),
    };
    this.#outbox.push({
      type: 'send',
      connection,
      message: registration(this.#settings, past),
    });
  }

  /** The answer to `register`; false when none was awaited. */
  registered(ack: RegisterAck, nowMs: number): boolean {
    if (this.#tracker.state.state !== 'registering') return false;
    const acquaintance = this.#cluster.meet(ack);
    if (acquaintance === 'stale') {
      const later = String(this.#cluster.epoch);
      this.#drop(`it is of epoch ${String(ack.epoch)}, one of epoch ${later} was here`, nowMs);
      return true;
    }
    if (acquaintance === 'other_cluster') this.#leaveCluster();
    this.#begin(this.#tracker.acknowledged(ack, nowMs), ack.udp_confirmed, nowMs);
    return true;
  }

  /** The other end is gone, or was never there. */
  disconnected(reason: string, nowMs: number): void {
    const { registered } = this.#tracker;
    this.#outbox.close();
    this.#heartbeats.end();
    if (registered) {
      this.#backOff.connectionEnded(nowMs - registered.session.registeredAtMs);
      this.#outage.begin(nowMs);
      this.#outbox.log('warn', `Lost ${this.#manager}: ${reason}. Going on with ${this.#inHand}`);
    } else if (this.#outage.shouldRemind(nowMs)) {
      this.#outbox.log('info', `Waiting for ${this.#who}: ${reason}`);
    }
    this.#tracker.wait(nowMs + this.#backOff.nextDelayMs());
  }

  /** The Manager does not want something; before it has registered this Worker, not even that. */
  refused(code: ErrorCode, message: string, nowMs: number): void {
    if (this.#tracker.registered) {
      this.#outbox.log('warn', `The Manager refused a message (${code}): ${message}`);
    } else {
      this.#drop(`it refuses this Worker (${code}): ${message}`, nowMs);
    }
  }

  /** Whether an order is of this life of the Manager; notes its number. */
  accept(order: NumberedOrder, nowMs: number): boolean {
    if (this.#tracker.registered?.session.epoch !== order.epoch) return false;
    this.#received = order.number;
    this.#outbox.acknowledgement.heard(nowMs);
    return true;
  }

  acknowledge(received: number): void {
    this.#outbox.acknowledgement.acknowledge(received);
  }

  confirmUdp(udpConfirmed: boolean): void {
    this.#heartbeats.confirmUdp(udpConfirmed);
  }

  /** This process stood still: nobody else is late for it. */
  excuse(pauseMs: number): void {
    this.#tracker.excuse(pauseMs);
    this.#outage.excuse(pauseMs);
    this.#outbox.acknowledgement.excuse(pauseMs);
  }

  /** Does what is due. */
  expire(nowMs: number): void {
    const { deadlineMs } = this.#tracker;
    if (deadlineMs !== undefined && deadlineMs <= nowMs) this.#stateExpired(nowMs);
    const { registered } = this.#tracker;
    if (!registered) return;
    const { heartbeatIntervalMs } = registered.session;
    const overdueAtMs = this.#outbox.acknowledgement.overdueAtMs(heartbeatIntervalMs);
    if (overdueAtMs !== undefined && overdueAtMs <= nowMs) {
      const ageMs = this.#outbox.acknowledgement.oldestAgeMs(nowMs);
      this.#drop(`no acknowledgement for ${String(ageMs)} ms`, nowMs);
      return;
    }
    const probeAtMs = this.#outbox.acknowledgement.probeAtMs(heartbeatIntervalMs);
    if (probeAtMs !== undefined && probeAtMs <= nowMs) this.#work.repeatProgress(nowMs);
    this.#work.reportProgress(nowMs);
    this.#beat(registered, nowMs);
  }

  #stateExpired(nowMs: number): void {
    const { state } = this.#tracker;
    switch (state.state) {
      case 'waiting':
        this.#outbox.push({ type: 'connect', connection: this.#tracker.connect(nowMs) });
        return;
      case 'connecting':
        this.#drop('no answer to the connection', nowMs);
        return;
      case 'registering':
        this.#drop('no answer to the registration', nowMs);
        return;
      case 'checking':
        this.sight.tooLong(nowMs);
        return;
      case 'blind':
        this.#tracker.beBlind(state.problem);
        this.sight.look();
        return;
      case 'serving':
        return;
      default:
        state satisfies never;
    }
  }

  #begin(session: Session, udpConfirmed: boolean, nowMs: number): void {
    const { registered } = this.#tracker;
    if (!registered) return;
    const { clusterId, epoch, heartbeatIntervalMs } = session;
    const name = `${this.#settings.workerId} with ${this.#manager}`;
    const life = `cluster ${clusterId}, epoch ${String(epoch)}`;
    this.#outbox.log('info', `Registered ${name}: ${life}`);
    this.#outage.end();
    this.#outbox.open(registered.connection, epoch, nowMs);
    this.#heartbeats.begin(heartbeatIntervalMs, udpConfirmed, nowMs);
    this.#work.repeat(nowMs);
    this.sight.look();
    this.#beat(registered, nowMs);
  }

  /** Hangs up, for a reason of ours. */
  #drop(reason: string, nowMs: number): void {
    const { state } = this.#tracker;
    if ('connection' in state) {
      this.#outbox.push({ type: 'disconnect', connection: state.connection, reason });
    }
    this.disconnected(reason, nowMs);
  }

  /** Another cluster's Manager at the same address: what was done for the old one is of no use. */
  #leaveCluster(): void {
    this.#outbox.log('warn', `Another cluster: dropped ${this.#inHand} of the old one`);
    this.#work.dropAll('the cluster it belonged to is gone');
    this.#outbox.registering();
  }

  /** By UDP, and over TCP too until the Manager has seen one of them. */
  #beat({ connection, session }: RegisteredState, nowMs: number): void {
    const number = this.#heartbeats.take(nowMs);
    if (number === undefined) return;
    const { workerId, nonce } = this.#settings;
    const message: Heartbeat = {
      message_type: 'heartbeat',
      worker_id: workerId,
      nonce,
      epoch: session.epoch,
      number,
      received: this.#received,
      sent: this.#outbox.acknowledgement.sent,
      unacknowledged_ms: this.#outbox.acknowledgement.oldestAgeMs(nowMs),
    };
    this.#outbox.push({ type: 'send_datagram', message });
    if (!this.#heartbeats.udpConfirmed) this.#outbox.push({ type: 'send', connection, message });
  }

  /** As long as none has ever answered it may be any. */
  get #who(): string {
    const { managerAddress } = this.#settings;
    return this.#cluster.clusterId === null ? `a Manager at ${managerAddress}` : this.#manager;
  }

  get #manager(): string {
    return `the Manager at ${this.#settings.managerAddress}`;
  }

  get #inHand(): string {
    const { running, queued, unsettled } = this.#work;
    return `${String(running)} running, ${String(queued)} queued, ${String(unsettled)} unsettled`;
  }
}
