import { quoteBytes } from './quote-bytes.ts';

/** A record longer than the limit. Fails the attempt that produced it. */
export class RecordTooLongError extends Error {
  override name = 'RecordTooLongError';

  constructor(maxRecordBytes: number, bytes: Uint8Array, start: number) {
    const beginning = quoteBytes(bytes, start, Math.min(bytes.length, start + 40));
    super(
      `Cannot take a record longer than ${maxRecordBytes} bytes; it begins ${beginning}: ` +
        `raise --max-record if it is meant to be one line`,
    );
  }
}
