import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isFullRun, needsFullRun } from '../needs.ts';

const REPOSITORY = new URL('../../', import.meta.url).pathname;
const COMMANDS = ['mapreduce', 'mapreduce-manager', 'mapreduce-worker', 'mapreduce-submit'];
const INSTALL_LIMIT_MS = 120_000;

/** The package as a user gets it: from the tarball, in a folder that holds nothing else. */
describe('the packed tarball', () => {
  let folder = '';

  beforeAll(async () => {
    if (!isFullRun()) return;
    folder = await mkdtemp(join(tmpdir(), 'muster-packed-'));
    // Without scripts: `prepare` would rebuild dist/ under the feet of the other tests.
    const pack = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
    const { stdout } = await execa('npm', pack, { cwd: REPOSITORY });
    const [tarball] = JSON.parse(stdout) as readonly { readonly filename: string }[];
    const install = ['install', '--prefer-offline', '--no-audit', '--no-fund'];
    await execa('npm', [...install, join(folder, tarball?.filename ?? '')], { cwd: folder });
  }, INSTALL_LIMIT_MS);

  beforeEach(needsFullRun);

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each(COMMANDS)('puts a %s that runs on the path', async (command) => {
    const { stdout } = await execa(join(folder, 'node_modules/.bin', command), ['--version']);
    const { version } = JSON.parse(await readFile(join(REPOSITORY, 'package.json'), 'utf8'));
    expect(stdout).toContain(version);
  });

  it('offers the protocol, with its types', async () => {
    const program = `import * as protocol from 'muster/protocol'; console.log(Object.keys(protocol).length)`;
    const { stdout } = await execa('node', ['--input-type=module', '-e', program], { cwd: folder });
    expect(Number(stdout)).toBeGreaterThan(0);
    expect(existsSync(join(folder, 'node_modules/muster/dist/protocol/index.d.ts'))).toBe(true);
  });

  it('holds neither sources nor tests', () => {
    for (const name of ['src', 'test', 'tsconfig.json', '.ci']) {
      expect(existsSync(join(folder, 'node_modules/muster', name)), name).toBe(false);
    }
  });

  it('counts the words of its sample without a cluster', async () => {
    const samples = 'node_modules/muster/samples';
    const words = ['--local', '--input', `${samples}/texts/opticks.txt`];
    words.push('--mapper', `${samples}/word-count/map.js`);
    words.push('--reducer', `${samples}/word-count/reduce.js`, '--num-reducers', '1');
    const { stdout } = await execa(join(folder, 'node_modules/.bin/mapreduce-submit'), words, {
      cwd: folder,
      stripFinalNewline: false,
    });
    const expected = join(folder, samples, 'word-count/expected/opticks.txt');
    expect(stdout).toBe(await readFile(expected, 'utf8'));
  });
});
