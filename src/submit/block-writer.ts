import type { Writable } from 'node:stream';

/**
 * Resolves when the block has left, so that it may be used again and no more than it waits in
 * memory; a reader that does not read is waited for until the abort.
 */
export function writeBlock(
  stdout: Writable,
  block: Uint8Array,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(new Error('Interrupted'));
      return;
    }
    const stop = (): void => reject(new Error('Interrupted'));
    signal.addEventListener('abort', stop, { once: true });
    stdout.write(block, (error) => {
      signal.removeEventListener('abort', stop);
      if (error) reject(error);
      else resolve();
    });
  });
}

/** The reader has gone (`| head`), which is no error of the writer's. */
export function isClosedPipe(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return (
    code === 'EPIPE' || code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'ERR_STREAM_DESTROYED'
  );
}
