import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { beforeEach, expect, test } from 'vitest';
import { FileStore } from '../../../src/manager/store/file-store.ts';
import { useTemporaryDirectory } from '../temporary-directory.ts';

const directory = useTemporaryDirectory();
let store: FileStore;
beforeEach(() => {
  mkdirSync(`${directory()}/files`);
  store = new FileStore(directory(), 0o600);
});

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function put(connection: number, sha256: string, offset: number, text: string, last: boolean) {
  const data = Buffer.from(text).toString('base64');
  return store.put(connection, {
    message_type: 'put_file',
    sha256,
    offset,
    data_base64: data,
    last,
  });
}

function stored(): string[] {
  return readdirSync(`${directory()}/files`);
}

test('a content that came in chunks is there under its hash, whole or not at all', async () => {
  const sha256 = hashOf('hello world');
  expect(await store.missing([sha256, sha256])).toEqual([sha256]);
  expect(await put(1, sha256, 0, 'hello ', false)).toBe(false);
  expect(await store.missing([sha256])).toEqual([sha256]);
  expect(await put(1, sha256, 6, 'world', true)).toBe(true);
  expect(await store.missing([sha256])).toEqual([]);
  expect(stored()).toEqual([sha256]);
  expect(readFileSync(`${directory()}/files/${sha256}`, 'utf8')).toBe('hello world');
  expect(statSync(`${directory()}/files/${sha256}`).mode & 0o777).toBe(0o600);
});

test('a content that no job needs goes, unless a client that is still there counts on it', async () => {
  const [unused, wanted] = [hashOf('unused'), hashOf('wanted')];
  await put(1, unused, 0, 'unused', true);
  await put(1, wanted, 0, 'wanted', true);
  await store.forget(1);
  expect(await store.ask(2, [wanted])).toEqual([]);
  await store.remove([unused, wanted, hashOf('never sent')]);
  expect(stored()).toEqual([wanted]);
  await store.forget(2);
  const removal = store.remove([wanted]);
  expect(await store.missing([wanted])).toEqual([wanted]);
  await removal;
});

test('an empty content is a content', async () => {
  expect(await put(1, hashOf(''), 0, '', true)).toBe(true);
  expect(stored()).toEqual([hashOf('')]);
});

test('a content that is not that of its hash is thrown away', async () => {
  const sha256 = hashOf('right');
  await expect(put(1, sha256, 0, 'wrong', true)).rejects.toThrow(
    `Cannot store file ${sha256}: its content is not that of its hash, but ${hashOf('wrong')}`,
  );
  expect(stored()).toEqual([]);
});

test('a chunk out of order ends the upload, which may begin anew', async () => {
  const sha256 = hashOf('hello world');
  await put(1, sha256, 0, 'hello ', false);
  await expect(put(1, sha256, 7, 'orld', true)).rejects.toThrow('chunk at 7 came after 6 bytes');
  expect(stored()).toEqual([]);
  expect(await put(1, sha256, 0, 'hello world', true)).toBe(true);
});

test('two connections that send the same content do not disturb each other', async () => {
  const sha256 = hashOf('hello world');
  await put(1, sha256, 0, 'hello ', false);
  await put(2, sha256, 0, 'hello w', false);
  expect(await put(1, sha256, 6, 'world', true)).toBe(true);
  expect(await put(2, sha256, 7, 'orld', true)).toBe(true);
  expect(stored()).toEqual([sha256]);
});

test('what a connection left unfinished goes with it', async () => {
  await put(1, hashOf('hello world'), 0, 'hello ', false);
  expect(stored()).toHaveLength(1);
  await store.forget(1);
  expect(stored()).toEqual([]);
});

test('a connection cannot begin files without end', async () => {
  for (let index = 0; index < 8; index += 1) await put(1, hashOf(String(index)), 0, 'x', false);
  await expect(put(1, hashOf('8'), 0, 'x', false)).rejects.toThrow(
    'too many files are being sent at once',
  );
});

test("the Manager's own file is copied in, if it still is what was planned", async () => {
  const source = `${directory()}/map.sh`;
  writeFileSync(source, 'cat');
  const file = { path: 'map.sh', sha256: hashOf('cat'), bytes: 3, mode: 0o755 };
  await store.adopt(source, file);
  expect(stored()).toEqual([hashOf('cat')]);
  writeFileSync(source, 'tac');
  await store.adopt(source, file);
  await expect(store.adopt(source, { ...file, sha256: hashOf('other') })).rejects.toThrow(
    'its content is not that of its hash',
  );
  expect(stored()).toEqual([hashOf('cat')]);
});
