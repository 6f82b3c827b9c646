import type { Command } from 'commander';
import type { Client } from '../client.ts';
import { Interrupts } from '../interrupts.ts';
import { connectSession } from '../connect.ts';
import { readManagerAddress, readShowOptions } from '../read-options.ts';
import { followToEnd } from '../follow-to-end.ts';
import { jobWord } from './with-session.ts';

/** `mapreduce watch`: exits as the job did. Signals only end the watching. */
export async function watchJob(command: Command, client: Client): Promise<number> {
  const address = readManagerAddress(command);
  const interrupts = new Interrupts(client.signals);
  const session = await connectSession(address);
  try {
    const request = { message_type: 'job_status', job: jobWord(command) } as const;
    const { status } = await session.request(request, 'job');
    const { code } = await followToEnd(session, {
      client,
      interrupts,
      address,
      job: status.job,
      warnings: [],
      show: readShowOptions(command),
      local: false,
      resultOnStdout: false,
      waitTimeoutMs: undefined,
      onSignal: 'leave',
    });
    return code;
  } finally {
    session.close();
    interrupts.dispose();
  }
}
