import { createHash } from 'node:crypto';
import { formatInputList } from '../inputs/input-list.ts';
import type { Session } from './session.ts';
import { shipContent } from './ship-files.ts';

/** What a submission may hold of inputs; more travels before it. */
const INPUTS_MAX = 1000;
const INPUTS_BYTES_MAX = 256 * 1024;

/**
 * Sends the inputs of a job as a content of their own, when they are too many for the message.
 * @param inputs absolute
 * @returns the SHA-256 that stands for them; undefined when they fit
 */
export async function shipInputList(
  session: Session,
  inputs: readonly string[],
): Promise<string | undefined> {
  const content = formatInputList(inputs);
  if (inputs.length <= INPUTS_MAX && content.length <= INPUTS_BYTES_MAX) return undefined;
  const sha256 = createHash('sha256').update(content).digest('hex');
  await shipContent(session, sha256, content);
  return sha256;
}
