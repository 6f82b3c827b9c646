import type { Timeline } from '../manager/scheduler/harness/timeline.ts';
import type { Dice } from './dice.ts';
import type { SimProcess } from './sim-process.ts';
import type { Totals } from './totals.ts';

/** A machine's name: `manager`, `node-2`. */
export type Host = string;

/** How bad the network is; all of it may be changed while it runs. */
export interface Weather {
  latencyMsMax: number;
  datagramLoss: number;
  datagramTwice: number;
  /** A datagram takes up to so much longer than others: they overtake each other. */
  datagramDelayMsMax: number;
}

export interface SocketOwner {
  readonly host: Host;
  readonly process: SimProcess;
}

/** What one end of a connection hears. */
export interface SocketEvents<In> {
  receive(message: In): void;
  closed(reason: string): void;
}

/** Machines and what lies between them: TCP keeps order and resends; UDP does neither. */
export class Network {
  readonly weather: Weather;
  readonly totals: Totals;
  readonly #timeline: Timeline;
  readonly #dice: Dice;
  /** Until when nothing passes, by direction `from>to`. */
  readonly #cutUntilMs = new Map<string, number>();

  constructor(timeline: Timeline, dice: Dice, weather: Weather, totals: Totals) {
    this.#timeline = timeline;
    this.#dice = dice;
    this.weather = weather;
    this.totals = totals;
  }

  cut(from: Host, to: Host, forMs: number): void {
    this.#cutUntilMs.set(`${from}>${to}`, this.#timeline.nowMs + forMs);
  }

  /** Ends every cut; what TCP held back arrives when it would have anyway. */
  mend(): void {
    this.#cutUntilMs.clear();
  }

  /** When what is sent now arrives over TCP, which sends again until a cut is over. */
  arrivalMs(from: Host, to: Host): number {
    const { nowMs } = this.#timeline;
    const delayMs = this.#dice.whole(0, this.weather.latencyMsMax);
    return Math.max(nowMs, this.#cutUntilMs.get(`${from}>${to}`) ?? 0) + delayMs;
  }

  isCut(from: Host, to: Host): boolean {
    return (this.#cutUntilMs.get(`${from}>${to}`) ?? 0) > this.#timeline.nowMs;
  }

  at(atMs: number, action: () => void): void {
    this.#timeline.at(atMs, action);
  }

  /** Sends a datagram that may get lost, come twice, or late. */
  datagram(from: Host, to: Host, deliver: () => void): void {
    const { datagramLoss, datagramTwice, datagramDelayMsMax } = this.weather;
    if (this.isCut(from, to)) return;
    if (this.#dice.chance(datagramLoss)) return this.totals.fault('datagram lost');
    const isTwice = this.#dice.chance(datagramTwice);
    if (isTwice) this.totals.fault('datagram twice');
    for (let copy = 0; copy < (isTwice ? 2 : 1); copy += 1) {
      const delayMs = datagramDelayMsMax === 0 ? 0 : this.#dice.whole(0, datagramDelayMsMax);
      if (delayMs > DELAY_OF_NOTE_MS) this.totals.fault('datagram late');
      this.#timeline.at(this.arrivalMs(from, to) + delayMs, deliver);
    }
  }
}

/** Later than its successor, mostly: heartbeats leave every 2 s. */
const DELAY_OF_NOTE_MS = 2000;

/** One end of a TCP connection. */
export class Socket<In, Out> {
  readonly #network: Network;
  readonly #owner: SocketOwner;
  #events: SocketEvents<In> | undefined;
  #peer: Socket<Out, In> | undefined;
  /** This end still hears and speaks. */
  #isOpen = true;
  #lastArrivalMs = 0;

  constructor(network: Network, owner: SocketOwner) {
    this.#network = network;
    this.#owner = owner;
  }

  static pair<A, B>(
    network: Network,
    one: SocketOwner,
    other: SocketOwner,
  ): readonly [Socket<A, B>, Socket<B, A>] {
    const a = new Socket<A, B>(network, one);
    const b = new Socket<B, A>(network, other);
    a.#peer = b;
    b.#peer = a;
    return [a, b];
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  listen(events: SocketEvents<In>): void {
    this.#events = events;
  }

  send(message: Out): void {
    const peer = this.#peer;
    if (!this.#isOpen || !peer) return;
    this.#toPeer(() => {
      // A machine that came back after a crash answers what it does not know with a reset.
      if (!peer.#isOpen || !peer.#owner.process.isAlive) return this.#resetBy(peer);
      peer.#hear(() => peer.#events?.receive(message));
    });
  }

  /** The other end hears of it after what was sent. */
  close(reason: string): void {
    const peer = this.#peer;
    if (!this.#isOpen || !peer) return;
    this.#isOpen = false;
    this.#toPeer(() => peer.#closedBy(reason));
  }

  /** Lost on the way: both ends hear of it, what was under way is gone. */
  reset(): void {
    const peer = this.#peer;
    if (peer) peer.#hearReset();
    this.#hearReset();
  }

  /** The process died without a word: its peer learns nothing by itself. */
  vanish(): void {
    this.#isOpen = false;
  }

  #hearReset(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    if (this.#owner.process.isAlive) {
      this.#owner.process.hear(() => this.#events?.closed('connection reset'));
    }
  }

  #closedBy(reason: string): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#owner.process.hear(() => this.#events?.closed(reason));
  }

  #resetBy(peer: Socket<Out, In>): void {
    const { host } = this.#owner;
    const atMs = this.#network.arrivalMs(peer.#owner.host, host);
    this.#network.at(atMs, () => this.#hearReset());
  }

  /** TCP hands nothing on that is read after the end was closed here. */
  #hear(action: () => void): void {
    this.#owner.process.hear(() => {
      if (this.#isOpen) action();
    });
  }

  #toPeer(action: () => void): void {
    const peer = this.#peer;
    if (!peer) return;
    const arrivalMs = this.#network.arrivalMs(this.#owner.host, peer.#owner.host);
    this.#lastArrivalMs = Math.max(this.#lastArrivalMs, arrivalMs);
    this.#network.at(this.#lastArrivalMs, action);
  }
}
