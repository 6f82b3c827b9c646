import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished, type TestContext } from 'vitest';
import { BIN, Program, scratch, stop } from '../../e2e/cluster.ts';
import { open, script } from '../../e2e/gate.ts';
import { parts, sortedLines } from '../../e2e/shell.ts';
import { needsFullRun, needsPrograms, needsRoot } from '../../needs.ts';

/** A Manager and a Worker on networks of their own, with a cable between them. */

beforeEach((context) => {
  needsFullRun(context);
  needsRoot(context);
  needsPrograms(context, 'ip');
});

const MANAGER_ADDRESS = '10.213.0.1';
const WORKER_ADDRESS = '10.213.0.2';

interface Cable {
  /** Starts one command of `bin/` on a side. */
  readonly start: (side: Side, name: string, args: readonly string[], cwd?: string) => Program;
  /** What a side sends vanishes, or no longer. */
  readonly cut: (side: Side, isCut: boolean) => void;
}

type Side = 'manager' | 'worker';

/** Two network namespaces of this test alone; they go with it, and with them what is in them. */
function cable(context: TestContext): Cable {
  const nameOf = (side: Side): string => `muster-${String(process.pid)}-${side}`;
  const ip = (...words: readonly string[]): void => {
    execFileSync('ip', words, { stdio: 'pipe' });
  };
  for (const side of ['manager', 'worker'] as const) {
    try {
      ip('netns', 'add', nameOf(side));
    } catch {
      context.skip('needs the right to make network namespaces');
    }
    onTestFinished(() => ip('netns', 'delete', nameOf(side)));
  }
  const [near, far] = [nameOf('manager'), nameOf('worker')];
  ip('-n', near, 'link', 'add', 'cable', 'type', 'veth', 'peer', 'name', 'cable', 'netns', far);
  for (const [name, address] of [
    [near, MANAGER_ADDRESS],
    [far, WORKER_ADDRESS],
  ] as const) {
    ip('-n', name, 'addr', 'add', `${address}/24`, 'dev', 'cable');
    ip('-n', name, 'link', 'set', 'cable', 'up');
    ip('-n', name, 'link', 'set', 'lo', 'up');
  }
  return {
    start: (side, name, args, cwd) => {
      const within = ['netns', 'exec', nameOf(side)];
      const program = new Program('ip', [...within, join(BIN, name), ...args], {
        ...(cwd === undefined ? {} : { cwd }),
      });
      onTestFinished(() => stop(program));
      return program;
    },
    cut: (side, isCut) => {
      const peer = side === 'manager' ? WORKER_ADDRESS : MANAGER_ADDRESS;
      ip('-n', nameOf(side), 'route', isCut ? 'add' : 'delete', 'blackhole', `${peer}/32`);
    },
  };
}

describe('a Worker on another network', () => {
  it.for(['worker', 'manager'] as const)(
    'is lost when the %s sends into a black hole, and serves again when that heals',
    { timeout: 180_000 },
    async (side, context) => {
      const { start, cut } = cable(context);
      const [directory, shared] = [await scratch(), await scratch()];
      const exposed = ['--insecure-no-secret', '--heartbeat-interval', '300ms'];
      const place = ['--host', MANAGER_ADDRESS, '--port', '0', '--shared-dir', shared];
      const manager = start('manager', 'mapreduce-manager', [...place, ...exposed]);
      const [, port] = await manager.said(/listening on [\d.]+:(\d+)/);
      const address = ['--manager-host', MANAGER_ADDRESS, '--manager-port', String(port)];
      const own = ['--host', WORKER_ADDRESS, '--insecure-no-secret', '--slots', '1'];
      const worker = start('worker', 'mapreduce-worker', [...address, ...own, '--name', 'w1']);
      await worker.said(/ready/);
      await mkdir(join(directory, 'in'));
      for (const name of ['a', 'b']) await writeFile(join(directory, 'in', name), `${name}\t1\n`);
      const gate = join(directory, 'gate');
      await script(directory, 'map.sh', `while [ ! -e ${gate} ]; do sleep 0.05; done; cat`);
      const job = ['-i', 'in', '-o', 'out', '-m', './map.sh', '-r', 'cat', '--split-size', '4'];
      const client = start('manager', 'mapreduce-submit', [...address, ...job], directory);
      await manager.said(/w1 started job-0001/);
      cut(side, true);
      await manager.said(/w1 is lost/);
      await worker.said(/Lost the Manager/);
      await open(gate);
      cut(side, false);
      await manager.said(/w1 is lost[\s\S]*w1 is ready/);
      expect(await client.exited, client.stderr).toBe(0);
      expect(sortedLines(parts(join(directory, 'out')))).toEqual(['', 'a\t1', 'b\t1']);
    },
  );
});
