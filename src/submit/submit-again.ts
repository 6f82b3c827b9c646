import type { NewManagerJob } from '../protocol/client-messages.ts';
import type { JobAccepted } from '../protocol/manager-replies.ts';
import { type OutageOptions, Outages } from './outage.ts';
import { nextCommand } from './manager-address.ts';
import { ConnectionLostError, type Session } from './session.ts';

/** A submission that a Manager took on, and the connection over which it said so. */
export interface Accepted {
  readonly session: Session;
  readonly accepted: JobAccepted;
}

export interface SubmitAgainOptions extends OutageOptions {
  /** Has a submission id, so that it is one job however often it is sent. */
  readonly request: NewManagerJob;
  /** Brings to the Manager what the submission refers to, where it lacks that. */
  readonly ship: (session: Session) => Promise<unknown>;
  /** Nobody waits for the answer any more. */
  readonly left: AbortSignal;
}

/**
 * Sends a submission again that a Manager did not answer before it went away. Whether that one had
 * queued it is not known: if so the answer is the same job.
 * @throws UserError when it is refused, or no Manager comes back
 */
export async function submitAgain(options: SubmitAgainOptions): Promise<Accepted> {
  const { request, ship, left, address } = options;
  const list = nextCommand(address, 'list');
  const consequence = `whether the job was queued is not known. See: ${list}`;
  const outages = new Outages(options, consequence, left);
  for (;;) {
    const session = await outages.reconnect();
    const close = (): void => session.close();
    left.addEventListener('abort', close, { once: true });
    try {
      await ship(session);
      const accepted = await session.request(request, 'job_accepted');
      outages.end();
      return { session, accepted };
    } catch (error) {
      close();
      if (!(error instanceof ConnectionLostError)) throw error;
    } finally {
      left.removeEventListener('abort', close);
    }
  }
}
