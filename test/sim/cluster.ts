import type { Heartbeat } from '../../src/protocol/worker-messages.ts';
import { type Host, Socket, type SocketOwner } from './network.ts';
import { SimClient } from './sim-client.ts';
import type { FromManager, SimManager, ToManager } from './sim-manager.ts';
import { SimProcess } from './sim-process.ts';
import { type Cluster, SimWorker, type WorkerSocket } from './sim-worker.ts';
import type { Surroundings } from './surroundings.ts';

/** All processes of a simulation, and how they reach each other. */
export class SimCluster implements Cluster {
  manager: SimManager | undefined;
  readonly workers: SimWorker[] = [];
  readonly clients: SimClient[];
  readonly #world: Surroundings;
  #incarnations = 0;

  constructor(world: Surroundings) {
    this.#world = world;
    this.clients = [...world.scripts.values()].map((script) => new SimClient(world, this, script));
  }

  get liveWorkers(): readonly SimWorker[] {
    return this.workers.filter((worker) => worker.isAlive);
  }

  /** Of the machine where whoever connects now looks for the Manager. */
  get managerHost(): Host {
    return this.manager?.host ?? 'manager-1';
  }

  /** A new process: of the machine and name of an earlier one, or of its own. */
  startWorker(nature: { slots: number; slowness: number; id?: string }): SimWorker {
    this.#incarnations += 1;
    const number = String(this.#incarnations);
    const id = nature.id ?? `node-${number}`;
    const worker = new SimWorker(this.#world, this, {
      id,
      nonce: `nonce-${number}`,
      host: id,
      slots: nature.slots,
      slowness: nature.slowness,
      seed: this.#world.dice.whole(1, 1_000_000),
    });
    this.workers.push(worker);
    return worker;
  }

  connect(owner: SocketOwner, answer: (socket: WorkerSocket | undefined) => void): void {
    const { network } = this.#world;
    network.at(network.arrivalMs(owner.host, this.managerHost), () => {
      const { manager } = this;
      const backMs = network.arrivalMs(this.managerHost, owner.host);
      if (!manager || manager.isStopped) {
        network.at(backMs, () => owner.process.hear(() => answer(undefined)));
        return;
      }
      const [here, there] = Socket.pair<FromManager, ToManager>(network, owner, manager);
      manager.process.hear(() => manager.accept(there));
      network.at(backMs, () => owner.process.hear(() => answer(here)));
    });
  }

  /** Somebody looks at the list of Workers. */
  askForWorkers(): void {
    const process = new SimProcess(this.#world.timeline);
    this.connect({ host: 'visitor', process }, (socket) => {
      if (!socket) return;
      socket.listen({ receive: () => socket.close('seen'), closed: () => undefined });
      socket.send({ message_type: 'list_workers' });
    });
  }

  sendHeartbeat(from: Host, message: Heartbeat): void {
    const { network } = this.#world;
    network.datagram(from, this.managerHost, () => this.manager?.heartbeat(message));
  }
}
