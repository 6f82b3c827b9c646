import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decodeLine,
  type Direction,
  isWorkerMessage,
  MESSAGE_BYTES_MAX,
  roleOf,
} from '../../src/protocol/index.ts';
import { EXAMPLES } from './examples.ts';

const JOB = {
  message_type: 'new_manager_job',
  input_directory: 'in',
  output_directory: 'out',
  mapper_executable: 'cat',
  reducer_executable: 'cat',
};
const REGISTER = {
  message_type: 'register',
  worker_id: 'node1-1',
  nonce: 'n1',
  protocol_version: 1,
  slots: 2,
  capabilities: [],
  host: '127.0.0.1',
  port: 6001,
  cluster_id: null,
  received: 0,
  attempts: [],
};

function refusal(document: unknown, direction: Direction = 'to_manager'): string {
  const line = typeof document === 'string' ? document : JSON.stringify(document);
  const decoded = decodeLine(line, direction);
  if (decoded.ok) throw new Error(`accepted: ${line}`);
  return `${decoded.code}: ${decoded.reason}`;
}

describe('a refused document', () => {
  const { mapper_executable: _mapper, ...withoutMapper } = JOB;
  const file = { path: 'a', sha256: 'a'.repeat(64), bytes: 1, mode: 0o644 };
  test.each([
    [withoutMapper, 'bad_message: Message "new_manager_job" lacks field "mapper_executable"'],
    [
      { ...REGISTER, slots: 'two' },
      'bad_message: Field "slots" of "register" must be an integer, got "two"',
    ],
    [
      { ...REGISTER, slots: 0 },
      'bad_message: Field "slots" of "register" must be at least 1, got 0',
    ],
    [
      { ...REGISTER, slots: 1.5 },
      'bad_message: Field "slots" of "register" must be an integer, got 1.5',
    ],
    [
      { ...REGISTER, protocol_version: 7, extra: 1 },
      'version_mismatch: This Manager speaks protocol version 1, the Worker 7',
    ],
    [
      { ...REGISTER, attempts: [{ job_id: 1, stage: 'map', task_index: 0, attempt: 1 }] },
      'bad_message: Field "attempts[0]" of "register" lacks field "state"',
    ],
    [
      {
        ...REGISTER,
        attempts: [{ job_id: 1, stage: 'sort', task_index: 0, attempt: 1, state: 'queued' }],
      },
      'bad_message: Field "attempts[0].stage" of "register" must be one of "map", "reduce", got "sort"',
    ],
    [
      { ...JOB, num_reducer: 3 },
      'bad_message: Message "new_manager_job" has unknown field "num_reducer"; did you mean "num_reducers"?',
    ],
    [
      { ...JOB, input_directory: [1] },
      'bad_message: Field "input_directory" of "new_manager_job" must be a path or a list of paths, got a list of 1',
    ],
    [
      { ...JOB, mapper_executable: '' },
      'bad_message: Field "mapper_executable" of "new_manager_job" must be a command, not empty, without NUL, got ""',
    ],
    [
      { ...JOB, output_directory: 'a\0b' },
      String.raw`bad_message: Field "output_directory" of "new_manager_job" must be a path, not empty, without NUL, got "a\u0000b"`,
    ],
    [
      { ...JOB, output_directory: 7 },
      'bad_message: Field "output_directory" of "new_manager_job" must be a path, not empty, without NUL or null, got 7',
    ],
    [
      { ...JOB, environment: { 'a.b': '' } },
      'bad_message: Field "environment" of "new_manager_job" has a bad name "a.b": it must be letters, digits and "_", not beginning with a digit',
    ],
    [
      { ...JOB, num_reducers: 1e300 },
      'bad_message: Field "num_reducers" of "new_manager_job" must be at most 100000, got 1e+300',
    ],
    [
      { ...JOB, overwrite: 'yes' },
      'bad_message: Field "overwrite" of "new_manager_job" must be true or false, got "yes"',
    ],
    [
      { ...JOB, submitted_by: 'x'.repeat(600) },
      'bad_message: Field "submitted_by" of "new_manager_job" must be at most 512 characters long, got 600',
    ],
    ...['../a', '/a', 'a/../b', 'a//b', '.', 'a/', '..'].map((path) => [
      { ...JOB, files: [{ ...file, path }] },
      `bad_message: Field "files[0].path" of "new_manager_job" must be a relative path without "." and "..", got ${JSON.stringify(path)}`,
    ]),
    [
      { message_type: 'new_manger_job' },
      'unknown_type: Unknown message "new_manger_job"; did you mean "new_manager_job"?',
    ],
    [{ message_type: 'constructor' }, 'unknown_type: Unknown message "constructor"'],
    [{ message_type: '__proto__' }, 'unknown_type: Unknown message "__proto__"'],
    [{ message_type: 'settled' }, 'not_allowed: Message "settled" is not for the Manager'],
    [{ message_type: 7 }, 'bad_message: Field "message_type" must be a text, got 7'],
    [{}, 'bad_message: The message lacks field "message_type"'],
    ['[1,2]', 'bad_message: A message must be an object, got a list of 2'],
    ['null', 'bad_message: A message must be an object, got null'],
    ['"shutdown"', 'bad_message: A message must be an object, got "shutdown"'],
    ['1e400', 'bad_message: A message must be an object, got Infinity'],
  ] as [unknown, string][])('%j is answered in a sentence', (document, expected) => {
    expect(refusal(document)).toBe(expected);
  });

  test.each([
    '',
    ' ',
    '{',
    '{"message_type":"list_workers"',
    '{"a":1}{"b":2}',
    'nonsense',
    "{'a':1}",
  ])('%j is no JSON', (text) => {
    expect(refusal(text)).toMatch(/^bad_json: Not a JSON document: /);
  });

  test('bytes that are not UTF-8 are told', () => {
    const decoded = decodeLine(Uint8Array.of(0x22, 0xff, 0x22), 'to_manager');
    expect(decoded).toMatchObject({ ok: false, reason: 'The document is not UTF-8' });
  });

  test('one byte more than the limit is too long', () => {
    const padding = ' '.repeat(MESSAGE_BYTES_MAX);
    const list = '{"message_type":"list_workers"}';
    expect(refusal(list + padding)).toMatch(/^too_long/);
    expect(decodeLine(list + padding.slice(list.length), 'to_manager').ok).toBe(true);
  });

  test('what a stranger sent cannot act on the terminal that shows the reason', () => {
    const nasty = '\u001b[31m\u009b\u202e\n\r\u007f';
    for (const document of [nasty, { message_type: nasty }, { ...JOB, [nasty]: 1 }]) {
      expect(refusal(document)).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
    }
  });

  test('is short to explain however large it is', () => {
    const long = 'x'.repeat(500_000);
    for (const document of [long, { message_type: long }, { ...JOB, [long]: 1 }]) {
      expect(refusal(document).length).toBeLessThan(300);
    }
  });
});

describe('hostile documents', () => {
  test('arrays nested 200,000 deep are refused in a sentence, wherever they stand', () => {
    const deep = '['.repeat(200_000) + ']'.repeat(200_000);
    expect(refusal(deep)).toMatch(/^bad_(json|message): /);
    const nested = JSON.stringify(JOB).replace('"in"', deep);
    expect(refusal(nested)).toMatch(/^bad_(json|message): /);
  });

  test('a number beyond all doubles is no integer', () => {
    const line = JSON.stringify({ ...JOB, num_reducers: 0 }).replace(':0', ':1e400');
    expect(refusal(line)).toContain('must be an integer, got Infinity');
  });

  test('`__proto__` is refused in every object of every message', () => {
    for (const { direction, message } of EXAMPLES) {
      for (const poisoned of withProto(message)) {
        expect(refusal(poisoned, direction)).toMatch(/^bad_message: .*"__proto__"/);
      }
    }
    expect(({} as { polluted?: true }).polluted).toBeUndefined();
  });

  test('100 lines of garbage are refused without a throw', () => {
    const garbage = fc.oneof(fc.string(), fc.json(), fc.uint8Array({ maxLength: 200 }));
    fc.assert(
      fc.property(garbage, (line) => {
        expect(decodeLine(line, 'to_manager').ok).toBe(false);
      }),
      { numRuns: 100 },
    );
  });

  test('any JSON value in place of any field is taken or refused, never thrown', () => {
    const example = fc.constantFrom(...EXAMPLES);
    fc.assert(
      fc.property(example, fc.nat(), fc.jsonValue(), ({ direction, message }, which, value) => {
        const names = Object.keys(message);
        const name = names[which % names.length] ?? '';
        const line = JSON.stringify({ ...message, [name]: value });
        const decoded = decodeLine(line, direction);
        if (decoded.ok) expect(decoded.message).toEqual(JSON.parse(line));
        else expect(decoded.reason).not.toBe('');
      }),
      { numRuns: 500 },
    );
  });
});

describe('a message', () => {
  test('is accepted in its own direction and in no other', () => {
    for (const { direction, message } of EXAMPLES) {
      expect(decodeLine(JSON.stringify(message), direction)).toEqual({ ok: true, message });
    }
    const order = EXAMPLES.find(({ direction }) => direction === 'from_manager_to_worker');
    expect(refusal(order?.message)).toMatch(/^(not_allowed|bad_message)/);
  });

  test('lacks none of its fields but the optional ones', () => {
    const optional = [];
    for (const { direction, message } of EXAMPLES) {
      for (const name of Object.keys(message)) {
        const { [name]: _left, ...rest } = message;
        const decoded = decodeLine(JSON.stringify(rest), direction);
        if (decoded.ok) optional.push(`${String(message['message_type'])}.${name}`);
      }
    }
    expect(
      optional.filter(
        (name) => !/^(new_manager_job|watch_job|list_jobs|cancel_job|read_log)\./.test(name),
      ),
    ).toEqual([]);
    expect(optional).not.toContain('new_manager_job.mapper_executable');
    expect(optional).toContain('new_manager_job.reducer_executable');
  });

  test('`error` is legal in every direction of TCP and not by UDP', () => {
    const error = { message_type: 'error', code: 'refused', message: 'no' };
    const line = JSON.stringify(error);
    expect(decodeLine(line, 'to_manager').ok).toBe(true);
    expect(decodeLine(line, 'from_client').ok).toBe(true);
    expect(decodeLine(line, 'from_worker').ok).toBe(true);
    expect(decodeLine(line, 'from_manager_to_client').ok).toBe(true);
    expect(decodeLine(line, 'from_manager_to_worker').ok).toBe(true);
    expect(decodeLine(line, 'heartbeat').ok).toBe(false);
  });

  test('`shutdown` is numbered from the Manager and bare from a client', () => {
    const bare = { message_type: 'shutdown' };
    const numbered = { ...bare, epoch: 1, number: 1 };
    expect(decodeLine(JSON.stringify(bare), 'to_manager').ok).toBe(true);
    expect(refusal(numbered)).toContain('unknown field');
    expect(decodeLine(JSON.stringify(numbered), 'from_manager_to_worker').ok).toBe(true);
    expect(refusal(bare, 'from_manager_to_worker')).toContain('lacks field');
  });

  test('tells its sender’s role on the Manager’s port', () => {
    for (const { direction, message } of EXAMPLES) {
      if (direction !== 'from_client' && direction !== 'from_worker') continue;
      const decoded = decodeLine(JSON.stringify(message), 'to_manager');
      if (!decoded.ok || decoded.message.message_type === 'error') continue;
      expect(roleOf(decoded.message)).toBe(direction === 'from_client' ? 'client' : 'worker');
      expect(isWorkerMessage(decoded.message)).toBe(direction === 'from_worker');
    }
  });

  test('with a byte order mark or a carriage return is the same message', () => {
    const line = '\ufeff{"message_type":"list_workers"}\r';
    expect(decodeLine(new TextEncoder().encode(line), 'to_manager').ok).toBe(true);
  });
});

/** The document with an own `__proto__` in each of its objects in turn, as text. */
function withProto(document: object): string[] {
  const text = JSON.stringify(document);
  const opened = [...text.matchAll(/\{/g)];
  return opened.map(({ index }) => {
    const rest = text.slice(index + 1);
    const comma = rest.startsWith('}') ? '' : ',';
    return `${text.slice(0, index + 1)}"__proto__":{"polluted":true}${comma}${rest}`;
  });
}
