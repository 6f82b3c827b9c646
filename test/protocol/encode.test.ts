import { expect, test } from 'vitest';
import { lineOf } from '../../src/protocol/encode.ts';
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

test('a message in two parts is one line that says both, for each of those that share a part', () => {
  const common = { path: '/log', next: null };
  for (const attempt of ['map-00001.1', 'map-00002.1']) {
    const own = { message_type: 'log_lines', attempt, lines: [`of ${attempt}`] };
    const line = lineOf(own, common);
    expect(line.indexOf('\n')).toBe(line.length - 1);
    const message = { ...own, ...common };
    expect(decodeLine(line, 'from_manager_to_client')).toEqual({ ok: true, message });
  }
});

test('both parts count when a message is too long', () => {
  const { lines, ...own } = pageOf(MESSAGE_BYTES_MAX + 1);
  expect(() => lineOf(own, { lines })).toThrow('1048577 bytes, the limit is 1048576');
});
