import type { WorkerRecord } from './worker.ts';

/** Five missed heartbeats and half an interval: a late fifth is not a death. */
const SILENT_INTERVALS = 5.5;
/** A message that nobody acknowledges for so long means that TCP is dead though UDP may live. */
const UNACKNOWLEDGED_INTERVALS = 2;
/** How long the same incarnation may take to come back after its connection closed. */
const RECONNECT_INTERVALS = 1;
/**
 * How long a restarted Manager, or one that stood still, holds what a Worker had for it: it has
 * many connections to take at once.
 */
const GHOST_GRACE_INTERVALS = SILENT_INTERVALS;
/** When to ask about UDP if TCP works and no heartbeat has come. */
const UDP_INTERVALS = 3;

/** When a connection has to have closed now for that longer grace. */
export function closedForGraceMs(nowMs: number, intervalMs: number): number {
  return nowMs + (GHOST_GRACE_INTERVALS - RECONNECT_INTERVALS) * intervalMs;
}

/** What is wrong with a Worker at a moment, worst first; undefined: it lives. */
export type Verdict =
  | { readonly verdict: 'lost'; readonly reason: string }
  /** TCP works, heartbeats do not come: worth a line in the log, once. */
  | { readonly verdict: 'no_udp' };

interface Deadline {
  readonly atMs: number;
  readonly verdict: Verdict;
}

/** Judges one Worker by what came from it; a pure function of times. */
export function judge(
  worker: WorkerRecord,
  nowMs: number,
  intervalMs: number,
): Verdict | undefined {
  return deadlines(worker, intervalMs).find((deadline) => deadline.atMs <= nowMs)?.verdict;
}

/** When this Worker has to be judged next: the earliest of `deadlines`, asked for with every message. */
export function nextJudgementMs(worker: WorkerRecord, intervalMs: number): number {
  const silentMs = worker.lastSignOfLifeMs + SILENT_INTERVALS * intervalMs;
  if (worker.connection === undefined) {
    return Math.min(silentMs, worker.connectionLostAtMs + RECONNECT_INTERVALS * intervalMs);
  }
  const patienceMs = UNACKNOWLEDGED_INTERVALS * intervalMs;
  const awaitsUdp = !worker.udpConfirmed && !worker.udpWarned;
  return Math.min(
    silentMs,
    unacknowledgedMs(worker, intervalMs),
    (worker.behind?.sinceMs ?? Number.POSITIVE_INFINITY) + patienceMs,
    awaitsUdp ? worker.registeredAtMs + UDP_INTERVALS * intervalMs : Number.POSITIVE_INFINITY,
  );
}

/**
 * When its oldest unacknowledged order is taken to have got lost; infinite while no heartbeat says
 * so. Where heartbeats are lost nobody can have acknowledged anything: then silence alone counts.
 */
function unacknowledgedMs(worker: WorkerRecord, intervalMs: number): number {
  const oldest = worker.unacknowledged[0];
  if (!oldest || worker.lastBeatMs < oldest.sentAtMs + intervalMs) return Number.POSITIVE_INFINITY;
  return oldest.sentAtMs + UNACKNOWLEDGED_INTERVALS * intervalMs;
}

function deadlines(worker: WorkerRecord, intervalMs: number): readonly Deadline[] {
  const found: Deadline[] = [
    {
      atMs: worker.lastSignOfLifeMs + SILENT_INTERVALS * intervalMs,
      verdict: { verdict: 'lost', reason: `silent for ${String(SILENT_INTERVALS)} intervals` },
    },
  ];
  if (worker.connection === undefined) {
    const atMs = worker.connectionLostAtMs + RECONNECT_INTERVALS * intervalMs;
    found.push({ atMs, verdict: { verdict: 'lost', reason: 'its connection closed' } });
    return found;
  }
  const patienceMs = UNACKNOWLEDGED_INTERVALS * intervalMs;
  const unheardMs = unacknowledgedMs(worker, intervalMs);
  if (Number.isFinite(unheardMs)) {
    const reason = 'it acknowledges no messages: TCP is dead though heartbeats come';
    found.push({ atMs: unheardMs, verdict: { verdict: 'lost', reason } });
  }
  if (worker.behind) {
    const reason = 'its messages do not arrive: TCP is dead though heartbeats come';
    found.push({ atMs: worker.behind.sinceMs + patienceMs, verdict: { verdict: 'lost', reason } });
  }
  if (!worker.udpConfirmed && !worker.udpWarned) {
    const atMs = worker.registeredAtMs + UDP_INTERVALS * intervalMs;
    found.push({ atMs, verdict: { verdict: 'no_udp' } });
  }
  return found;
}
