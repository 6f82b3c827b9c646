import type { ErrorCode, ManagerReply } from '../../protocol/manager-replies.ts';
import type { Context, ClientState } from './context.ts';
import { watchJob } from './deadlines.ts';
import type { ConnectionId } from './events.ts';
import type { Job } from './job.ts';

/** Book-keeping of client connections: what each is owed, and when to close on it. */

/** The record of a client, made at its first message. */
function clientOf(ctx: Context, client: ConnectionId): ClientState {
  const known = ctx.clients.get(client);
  if (known) return known;
  const state: ClientState = { pending: 0, watching: new Set(), ended: false };
  ctx.clients.set(client, state);
  return state;
}

/** A question came in: one answer is owed. */
export function clientAsked(ctx: Context, client: ConnectionId): void {
  clientOf(ctx, client).pending += 1;
}

/** The last part of an answer was sent. */
export function clientAnswered(ctx: Context, client: ConnectionId): void {
  const state = ctx.clients.get(client);
  if (!state) return;
  state.pending = Math.max(0, state.pending - 1);
  closeIfDone(ctx, client, state);
}

/** Sends the answer that is owed, or the last part of it. */
export function answer(ctx: Context, client: ConnectionId, message: ManagerReply): void {
  ctx.reply(client, message);
  clientAnswered(ctx, client);
}

/** Answers with an error. */
export function refuse(ctx: Context, client: ConnectionId, code: ErrorCode, message: string): void {
  answer(ctx, client, { message_type: 'error', code, message });
}

/** The client sends no more but still reads (`nc -N`). */
export function clientEnded(ctx: Context, client: ConnectionId): void {
  const state = clientOf(ctx, client);
  state.ended = true;
  closeIfDone(ctx, client, state);
}

/** Gone: forget it; its jobs go on. */
export function clientClosed(ctx: Context, client: ConnectionId): void {
  const state = ctx.clients.get(client);
  if (!state) return;
  for (const jobId of state.watching) ctx.jobs.get(jobId)?.watchers.delete(client);
  ctx.clients.delete(client);
}

/** Streams what the client has missed of a job and all that will come. */
export function watch(ctx: Context, client: ConnectionId, job: Job, from: number): void {
  for (const { number, event } of job.eventsAfter(from)) {
    ctx.reply(client, { message_type: 'job_event', job_id: job.id, number, event });
  }
  const { phase } = job;
  if (phase.phase === 'ended') {
    const { report } = phase;
    return answer(ctx, client, { message_type: 'job_finished', job_id: job.id, report });
  }
  // Asked for twice over one connection it is streamed once, and ended once.
  if (job.watchers.has(client)) return clientAnswered(ctx, client);
  job.watchers.add(client);
  clientOf(ctx, client).watching.add(job.id);
  job.nextProgressMs = ctx.nowMs;
  watchJob(ctx, job);
}

/** Tells everybody who watches how a job ended. */
export function tellFinished(ctx: Context, job: Job): void {
  const { phase } = job;
  if (phase.phase !== 'ended') return;
  for (const client of job.watchers) {
    ctx.reply(client, { message_type: 'job_finished', job_id: job.id, report: phase.report });
    ctx.clients.get(client)?.watching.delete(job.id);
    clientAnswered(ctx, client);
  }
  job.watchers.clear();
}

function closeIfDone(ctx: Context, client: ConnectionId, state: ClientState): void {
  if (!state.ended || state.pending > 0 || state.watching.size > 0) return;
  ctx.emit({ type: 'close_client', client });
  ctx.clients.delete(client);
}
