import type { RegisterAck } from '../../protocol/manager-orders.ts';
import { assert } from '../../runtime/assert.ts';
import type { ConnectionId } from './events.ts';

/** What `register_ack` settled for one connection. */
export interface Session {
  readonly epoch: number;
  readonly clusterId: string;
  readonly sharedDirectory: string;
  readonly token: string;
  readonly heartbeatIntervalMs: number;
  readonly registeredAtMs: number;
}

/** Where a Worker stands with its Manager. */
export type ConnectionState =
  | { readonly state: 'waiting'; readonly retryAtMs: number }
  | {
      readonly state: 'connecting' | 'registering';
      readonly connection: ConnectionId;
      readonly giveUpAtMs: number;
    }
  /** Registered, reading the token; by `giveUpAtMs` the directory counts as out of reach. */
  | {
      readonly state: 'checking';
      readonly connection: ConnectionId;
      readonly session: Session;
      readonly giveUpAtMs: number;
    }
  /** Registered, but the shared directory is not the Manager's; undefined while it is looked at. */
  | {
      readonly state: 'blind';
      readonly connection: ConnectionId;
      readonly session: Session;
      readonly problem: string;
      readonly recheckAtMs: number | undefined;
    }
  | {
      readonly state: 'serving';
      readonly connection: ConnectionId;
      readonly session: Session;
    };

export type RegisteredState = Extract<ConnectionState, { readonly session: Session }>;

type StateName = ConnectionState['state'];

/** Which states may follow which. */
export const NEXT_CONNECTION_STATES: Readonly<Record<StateName, readonly StateName[]>> = {
  waiting: ['connecting'],
  connecting: ['registering', 'waiting'],
  registering: ['checking', 'waiting'],
  checking: ['serving', 'blind', 'waiting'],
  blind: ['serving', 'blind', 'waiting'],
  serving: ['waiting'],
};

/** A connection that takes longer is a black hole. */
const CONNECT_TIMEOUT_MS = 5000;
/** A Manager that was stopped may answer late; then its answer finds another connection. */
const REGISTER_TIMEOUT_MS = 5000;
/** How long a look at the shared directory may take, and how often a blind Worker looks again. */
const DIRECTORY_TIMEOUT_MS = 5000;
const RECHECK_INTERVAL_MS = 5000;

/** The state of the one connection to the Manager, changed only along the table above. */
export class ConnectionTracker {
  #state: ConnectionState;
  #lastConnection: ConnectionId = 0;

  constructor(nowMs: number) {
    this.#state = { state: 'waiting', retryAtMs: nowMs };
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** The state while registered, in whichever of its three forms. */
  get registered(): RegisteredState | undefined {
    return 'session' in this.#state ? this.#state : undefined;
  }

  /** Whether an event of this connection is still of interest. */
  isCurrent(connection: ConnectionId): boolean {
    return 'connection' in this.#state && this.#state.connection === connection;
  }

  connect(nowMs: number): ConnectionId {
    this.#lastConnection += 1;
    const connection = this.#lastConnection;
    this.#become({ state: 'connecting', connection, giveUpAtMs: nowMs + CONNECT_TIMEOUT_MS });
    return connection;
  }

  registering(nowMs: number): ConnectionId {
    assert(this.#state.state === 'connecting', `cannot register while ${this.#state.state}`);
    const { connection } = this.#state;
    this.#become({ state: 'registering', connection, giveUpAtMs: nowMs + REGISTER_TIMEOUT_MS });
    return connection;
  }

  acknowledged(ack: RegisterAck, nowMs: number): Session {
    assert(this.#state.state === 'registering', `cannot be registered while ${this.#state.state}`);
    const session: Session = {
      epoch: ack.epoch,
      clusterId: ack.cluster_id,
      sharedDirectory: ack.shared_directory,
      token: ack.token,
      heartbeatIntervalMs: Math.max(1, Math.round(ack.heartbeat_interval_ms)),
      registeredAtMs: nowMs,
    };
    const { connection } = this.#state;
    const giveUpAtMs = nowMs + DIRECTORY_TIMEOUT_MS;
    this.#become({ state: 'checking', connection, session, giveUpAtMs });
    return session;
  }

  serve(): void {
    const { connection, session } = this.#mustBeRegistered();
    this.#become({ state: 'serving', connection, session });
  }

  /** A look at the directory is under way, or has just ended. */
  beBlind(problem: string): void {
    const { connection, session } = this.#mustBeRegistered();
    this.#become({ state: 'blind', connection, session, problem, recheckAtMs: undefined });
  }

  /** The look has ended: when a blind Worker looks again. */
  recheck(nowMs: number): void {
    assert(this.#state.state === 'blind', `cannot look again while ${this.#state.state}`);
    this.#become({ ...this.#state, recheckAtMs: nowMs + RECHECK_INTERVAL_MS });
  }

  wait(retryAtMs: number): void {
    this.#become({ state: 'waiting', retryAtMs });
  }

  /** When the present state has lasted too long. */
  get deadlineMs(): number | undefined {
    switch (this.#state.state) {
      case 'waiting':
        return this.#state.retryAtMs;
      case 'connecting':
      case 'registering':
      case 'checking':
        return this.#state.giveUpAtMs;
      case 'blind':
        return this.#state.recheckAtMs;
      case 'serving':
        return undefined;
      default:
        return this.#state satisfies never;
    }
  }

  /** This process stood still: whoever was to answer gets that much more time. */
  excuse(pauseMs: number): void {
    const state = this.#state;
    if ('giveUpAtMs' in state) this.#state = { ...state, giveUpAtMs: state.giveUpAtMs + pauseMs };
  }

  #mustBeRegistered(): RegisteredState {
    const { registered } = this;
    assert(registered !== undefined, `not registered but ${this.#state.state}`);
    return registered;
  }

  #become(next: ConnectionState): void {
    const from = this.#state.state;
    assert(
      NEXT_CONNECTION_STATES[from].includes(next.state),
      `connection cannot go from ${from} to ${next.state}`,
    );
    this.#state = next;
  }
}
