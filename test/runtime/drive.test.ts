import { expect, test } from 'vitest';
import { assert } from '../../src/runtime/assert.ts';
import type { Core } from '../../src/runtime/core.ts';
import { drive } from '../../src/runtime/drive.ts';
import { VirtualClock } from './virtual-clock.ts';

type Event =
  { type: 'tick' } | { type: 'paused'; pauseMs: number } | { type: 'word'; word: string };
type Command = { type: 'say'; word: string } | { type: 'stop' };

/** Says every word twice, and wants a tick every `periodMs`. */
class EchoCore implements Core<Event, Command> {
  readonly events: string[] = [];
  deadlineMs: number | undefined;
  readonly #periodMs: number | undefined;

  constructor(periodMs?: number) {
    this.#periodMs = periodMs;
    this.deadlineMs = periodMs;
  }

  step(event: Event, nowMs: number): readonly Command[] {
    this.events.push(`${String(nowMs)} ${event.type}`);
    if (event.type === 'word') {
      assert(event.word !== 'bug', 'no bugs here');
      return event.word === 'stop'
        ? [{ type: 'stop' }, { type: 'say', word: 'too late' }]
        : [
            { type: 'say', word: event.word },
            { type: 'say', word: event.word.toUpperCase() },
          ];
    }
    if (event.type === 'paused' && this.deadlineMs !== undefined) this.deadlineMs += event.pauseMs;
    if (event.type === 'tick' && this.#periodMs !== undefined) {
      this.deadlineMs = nowMs + this.#periodMs;
    }
    return [];
  }

  nextDeadlineMs(): number | undefined {
    return this.deadlineMs;
  }
}

function setUp(periodMs?: number) {
  const clock = new VirtualClock();
  const core = new EchoCore(periodMs);
  const said: string[] = [];
  const bugs: unknown[] = [];
  const steps: string[] = [];
  const driver = drive<Event, Command>(core, {
    clock,
    perform(command) {
      if (command.type === 'stop') {
        driver.stop();
        return;
      }
      said.push(command.word);
      if (command.word === 'ping') driver.push({ type: 'word', word: 'pong' });
    },
    tickEvent: { type: 'tick' },
    pausedEvent: (pauseMs) => ({ type: 'paused', pauseMs }),
    onStep: (event, nowMs, commands) =>
      steps.push(`${String(nowMs)} ${event.type} ${String(commands.length)}`),
    onBug: (error) => bugs.push(error),
  });
  return { clock, core, driver, said, bugs, steps };
}

test('commands are performed in order, and what they cause comes after all of them', () => {
  const { driver, said, steps } = setUp();
  driver.push({ type: 'word', word: 'ping' });
  expect(said).toEqual(['ping', 'PING', 'pong', 'PONG']);
  expect(steps).toEqual(['0 word 2', '0 word 2']);
});

test('a core without deadlines has no timer', () => {
  const { driver, clock } = setUp();
  driver.push({ type: 'word', word: 'a' });
  expect(clock.timers).toBe(0);
});

test('there is one timer, and ticks come at the deadlines', () => {
  const { clock, core, driver } = setUp(5_000);
  expect(clock.timers).toBe(1);
  clock.advance(12_000);
  driver.push({ type: 'word', word: 'a' });
  expect(clock.timers).toBe(1);
  expect(core.events).toEqual(['5000 tick', '10000 tick', '12000 word']);
});

test('a message that is in the socket when its deadline passes is seen before the tick', () => {
  const { clock, core, driver } = setUp(300);
  clock.onSocketsRead = () => driver.push({ type: 'word', word: 'alive' });
  clock.advance(300);
  expect(core.events).toEqual(['300 word', '300 tick']);
});

test('a deadline that a message moved is not judged', () => {
  const { clock, core, driver } = setUp(300);
  clock.onSocketsRead = () => {
    core.deadlineMs = 900;
    driver.push({ type: 'word', word: 'alive' });
  };
  clock.advance(300);
  expect(core.events).toEqual(['300 word']);
});

test('a standstill is told before the tick that it would have made late', () => {
  const { clock, core } = setUp(5_000);
  clock.advance(1_000);
  clock.standStill(30_000);
  expect(core.events).toEqual(['31000 paused']);
  expect(core.deadlineMs).toBe(35_000);
  clock.advance(4_000);
  expect(core.events).toEqual(['31000 paused', '35000 tick']);
});

test('a standstill is told before the message that ends it', () => {
  const { clock, core, driver } = setUp(5_000);
  clock.onSocketsRead = () => driver.push({ type: 'word', word: 'alive' });
  clock.standStill(30_000);
  expect(core.events).toEqual(['30000 paused', '30000 word']);
});

test('quiet hours without deadlines are no pause', () => {
  const { clock, core, driver } = setUp();
  driver.push({ type: 'word', word: 'a' });
  clock.advance(3_600_000);
  driver.push({ type: 'word', word: 'b' });
  expect(core.events).toEqual(['0 word', '3600000 word']);
});

test('a bug stops the driver and is handed out once', () => {
  const { driver, core, bugs, clock } = setUp(100);
  driver.push({ type: 'word', word: 'bug' });
  driver.push({ type: 'word', word: 'a' });
  clock.advance(1_000);
  expect(bugs).toHaveLength(1);
  expect(String(bugs[0])).toContain('no bugs here');
  expect(core.events).toEqual(['0 word']);
});

test('commands after one that stopped the driver are not performed', () => {
  const { driver, said, clock } = setUp(100);
  driver.push({ type: 'word', word: 'stop' });
  expect(said).toEqual([]);
  expect(clock.timers).toBe(0);
});

test('after many steps the sockets are read before the next one, and no event is lost', () => {
  const { clock, driver, said } = setUp(5_000);
  const words = Array.from({ length: 100 }, (_, index) => `w${String(index)}`);
  for (const word of words) driver.push({ type: 'word', word });
  const before = said.length;
  expect(before).toBeLessThan(200);
  clock.onSocketsRead = () => {
    expect(said).toHaveLength(before);
    driver.push({ type: 'word', word: 'read' });
    clock.onSocketsRead = () => undefined;
  };
  clock.advance(5_000);
  expect(said.filter((word) => word.startsWith('w'))).toEqual(words);
  expect(said.at(-1)).toBe('READ');
});

test('a deadline is not judged while events wait for their turn', () => {
  const { clock, core, driver } = setUp(300);
  clock.onSocketsRead = () => {
    clock.onSocketsRead = () => undefined;
    for (let count = 0; count < 100; count += 1) driver.push({ type: 'word', word: 'alive' });
  };
  clock.advance(301);
  expect(core.events).toHaveLength(101);
  expect(core.events.at(-1)).toBe('300 tick');
});
