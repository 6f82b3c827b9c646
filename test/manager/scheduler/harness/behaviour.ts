import type { Ending, TaskMessage } from './sim-attempts.ts';

/** How a simulated Worker behaves; all of it may be changed while it runs. */
export interface Behaviour {
  slots: number;
  nonce: string;
  protocolVersion: number;
  /** Whether its datagrams arrive. */
  udp: boolean;
  /** Before the same heartbeat over UDP arrives, it came over TCP. */
  slowUdp: boolean;
  /** What `ready` says. */
  problem: string | null;
  /** How long an attempt runs; infinite: until the test ends it. */
  taskMs: number;
  /** How many times as long it takes for this attempt. */
  slowness: (attempt: string) => number;
  /** Between an attempt's getting its slot and `started`. */
  spawnMs: number;
  /** How long a killed program takes to die. */
  killMs: number;
  /** Whether it connects again when its connection is closed. */
  reconnects: boolean;
  ending: (attempt: string, order: TaskMessage) => Ending;
  /** Says some messages twice. */
  stammers: () => boolean;
}

export const BEHAVIOUR: Behaviour = {
  slots: 1,
  nonce: '',
  protocolVersion: 1,
  udp: true,
  slowUdp: false,
  problem: null,
  taskMs: 1000,
  slowness: () => 1,
  spawnMs: 0,
  killMs: 50,
  reconnects: true,
  ending: () => 'finished',
  stammers: () => false,
};
