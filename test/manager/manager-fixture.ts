import { afterEach } from 'vitest';
import { PassThrough } from 'node:stream';
import { type Manager, startManager } from '../../src/manager/manager.ts';
import { MANAGER_DEFAULTS, type ManagerOptions } from '../../src/manager/options.ts';
import { Wire } from './wire.ts';

/** Starts Managers on free ports and ends those that a test left running. */
export function useManagers() {
  const running: Manager[] = [];
  const wires: Wire[] = [];
  afterEach(async () => {
    for (const wire of wires.splice(0)) wire.destroy();
    for (const manager of running.splice(0)) await manager.release();
  });
  return {
    start: async (options: Partial<ManagerOptions> = {}) => {
      const stderr = new PassThrough();
      const manager = await startManager({ ...MANAGER_DEFAULTS, port: 0, stderr, ...options });
      running.push(manager);
      return { manager, stderr };
    },
    connect: (manager: Manager): Wire => {
      const wire = new Wire(manager.port);
      wires.push(wire);
      return wire;
    },
  };
}

/** A Worker with two slots that says it is ready; it does nothing by itself. */
export async function registerWorker(wire: Wire, workerId: string) {
  const identity = { worker_id: workerId, nonce: `nonce-of-${workerId}` };
  wire.send({
    message_type: 'register',
    ...identity,
    protocol_version: 1,
    slots: 2,
    capabilities: [],
    host: '127.0.0.1',
    port: 1,
    cluster_id: null,
    received: 0,
    attempts: [],
  });
  const { epoch, token, shared_directory: sharedDirectory } = await wire.next('register_ack');
  let number = 0;
  const say = (message: object): void => {
    number += 1;
    wire.send({ ...identity, epoch, number, ...message });
  };
  say({ message_type: 'ready', problem: null });
  return { say, token, sharedDirectory, epoch };
}
