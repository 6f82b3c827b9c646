/** What a Worker's core is told when it is made; all of it stays as it is. */
export interface WorkerSettings {
  /** `node2-1`: the name under which the Manager knows this Worker. */
  readonly workerId: string;
  /** Random, made once per process: tells two lives of one name apart. */
  readonly nonce: string;
  /** The machine's name, for people. */
  readonly hostName: string;
  readonly slots: number;
  /** Decompressors and safety layers that are there. */
  readonly capabilities: readonly string[];
  /** Where the Worker itself listens. */
  readonly host: string;
  readonly port: number;
  /** `127.0.0.1:6000`, for people. */
  readonly managerAddress: string;
  /** How long to go on without a Manager; undefined is for ever. */
  readonly orphanTimeoutMs: number | undefined;
  /** For the jitter of reconnecting; the same seed and events give the same commands. */
  readonly seed: number;
}
