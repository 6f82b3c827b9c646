import type { AttemptListing, Register } from '../../protocol/worker-messages.ts';
import { PROTOCOL_VERSION } from '../../protocol/worker-messages.ts';
import type { WorkerSettings } from './worker-settings.ts';

/** What this Worker knows of the time before this connection. */
export interface Past {
  readonly clusterId: string | null;
  /** Number of the last order received. */
  readonly received: number;
  readonly attempts: readonly AttemptListing[];
}

/** The first message of a connection: who this is and what it has. */
export function registration(settings: WorkerSettings, past: Past): Register {
  return {
    message_type: 'register',
    worker_id: settings.workerId,
    nonce: settings.nonce,
    protocol_version: PROTOCOL_VERSION,
    slots: settings.slots,
    capabilities: settings.capabilities,
    host: settings.host,
    port: settings.port,
    cluster_id: past.clusterId,
    received: past.received,
    attempts: past.attempts,
  };
}
