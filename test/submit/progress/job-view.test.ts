import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { JobEvent } from '../../../src/protocol/job-report.ts';
import { type JobView, openJobView } from '../../../src/submit/progress/job-view.ts';
import { VirtualClock } from '../../runtime/virtual-clock.ts';
import { stageProgress } from '../sample-report.ts';

interface Screen {
  readonly view: JobView;
  readonly clock: VirtualClock;
  readonly text: () => string;
}

async function screen(options: {
  readonly tty?: boolean;
  readonly quiet?: boolean;
  readonly progress?: boolean;
  readonly environment?: Readonly<Record<string, string>>;
}): Promise<Screen> {
  const clock = new VirtualClock();
  const stream = new PassThrough();
  let text = '';
  stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const stderr = Object.assign(stream, { isTTY: options.tty ?? false, columns: 80 });
  const view = await openJobView({
    terminal: { stdout: new PassThrough(), stderr, environment: options.environment ?? {} },
    clock,
    show: { quiet: options.quiet ?? false, progress: options.progress ?? true },
    context: { job: 'job-0007', manager: '127.0.0.1:6000', workerCommand: 'mapreduce-worker' },
  });
  return { view, clock, text: () => text };
}

const PROGRESS: JobEvent = {
  kind: 'progress',
  stage: 'map',
  maps: stageProgress(),
  reduces: stageProgress({ tasks: 0 }),
  slots: 2,
  status: '',
};
const FAILED: JobEvent = {
  kind: 'attempt_failed',
  attempt: 'map-00012.2',
  worker_id: 'node2-1',
  cause: 'exit code 3',
  charged: 2,
  max_attempts: 4,
};
const FAILED_LINE = 'map-00012.2 failed on node2-1: exit code 3 (2 of 4)\n';
const BAR = /map {5}43 % \[=+ +\] 12\/28 tasks/;

describe('on a terminal', () => {
  it('bars are drawn, lines go above them, and in the end the bars are gone', async () => {
    const { view, text } = await screen({ tty: true, environment: { NO_COLOR: '1' } });
    view.event(PROGRESS);
    view.event(FAILED);
    view.stop();
    const plain = text();
    expect(plain).toContain(FAILED_LINE.trimEnd());
    expect(plain).toMatch(BAR);
    expect(plain.indexOf('failed on')).toBeLessThan(plain.search(BAR));
    expect(plain.endsWith('\u001B[1G\u001B[0J')).toBe(true);
  });

  it('what a program reports is a line below the bars, once there is something', async () => {
    const quiet = await screen({ tty: true });
    quiet.view.event(PROGRESS);
    quiet.view.stop();
    expect(quiet.text()).not.toContain('status');
    const { view, text } = await screen({ tty: true });
    view.event(PROGRESS);
    view.event({ ...PROGRESS, status: 'reading the index' });
    view.stop();
    expect(text()).toMatch(/12\/28 tasks[^\n]*\n[^\n]*status reading the index/);
  });

  it('a failure is red, unless NO_COLOR is set', async () => {
    const coloured = await screen({ tty: true });
    coloured.view.event(FAILED);
    expect(coloured.text()).toContain('\u001B[31m');
    const plain = await screen({ tty: true, environment: { NO_COLOR: '1' } });
    plain.view.event(FAILED);
    expect(plain.text()).toBe(FAILED_LINE);
  });

  it.each([{ CI: 'true' }, { TERM: 'dumb' }])('there are no bars with %j', async (environment) => {
    const { view, text } = await screen({ tty: true, environment });
    view.event(PROGRESS);
    view.stop();
    expect(text()).toBe('');
  });
});

describe('in a log', () => {
  it('a line comes every five seconds', async () => {
    const { view, clock, text } = await screen({});
    view.event(PROGRESS);
    clock.advance(4999);
    view.event(PROGRESS);
    expect(text()).toBe('');
    clock.advance(1);
    view.event(PROGRESS);
    view.event(PROGRESS);
    expect(text()).toBe('job-0007: map 43 % (12/28 tasks, 2 running, 1 failed)\n');
    clock.advance(5000);
    view.event({ ...PROGRESS, status: 'reading the index' });
    expect(text()).toMatch(/1 failed\): reading the index\n$/);
  });

  it('a failure comes at once, and a warning once', async () => {
    const { view, text } = await screen({});
    view.event(FAILED);
    view.event({ kind: 'warning', text: 'disk is slow' });
    view.say('Warning: disk is slow');
    expect(text()).toBe(`${FAILED_LINE}Warning: disk is slow\n`);
  });

  it('--no-progress leaves what happens, --quiet only errors', async () => {
    const lines = await screen({ progress: false });
    lines.clock.advance(60_000);
    lines.view.event(PROGRESS);
    lines.view.event(FAILED);
    expect(lines.text()).toBe(FAILED_LINE);
    const quiet = await screen({ quiet: true });
    quiet.view.event(FAILED);
    quiet.view.complain('job-0007 failed');
    expect(quiet.text()).toBe('job-0007 failed\n');
  });
});
