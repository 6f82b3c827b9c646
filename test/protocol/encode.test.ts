import { expect, test } from 'vitest';
import { decodeLine, encodeLine, MESSAGE_BYTES_MAX } from '../../src/protocol/index.ts';

const decoder = new TextDecoder();

function page(lastLine: string) {
  return {
    message_type: 'log_lines',
    attempt: 'map-00001.1',
    path: '/log',
    lines: [...Array.from({ length: 20 }, () => 'x'.repeat(50_000)), lastLine],
    next: null,
  } as const;
}

/** A log page whose document is `bytes` long. */
function pageOf(bytes: number) {
  return page('y'.repeat(bytes - JSON.stringify(page('')).length));
}

test('a message is one line that decodes to itself', () => {
  const message = { message_type: 'cancel_job', job: 'line\nbreak 😀 \ud800' } as const;
  const line = decoder.decode(encodeLine(message));
  expect(line.indexOf('\n')).toBe(line.length - 1);
  expect(decodeLine(line, 'from_client')).toEqual({ ok: true, message });
});

test('a message of exactly the limit can be sent and is taken', () => {
  const line = encodeLine(pageOf(MESSAGE_BYTES_MAX));
  expect(line).toHaveLength(MESSAGE_BYTES_MAX + 1);
  expect(decodeLine(line.subarray(0, -1), 'from_manager_to_client').ok).toBe(true);
});

test('a longer one is the sender’s fault, by name', () => {
  expect(() => encodeLine(pageOf(MESSAGE_BYTES_MAX + 1))).toThrow(
    'Cannot send message "log_lines": 1048577 bytes, the limit is 1048576',
  );
});
