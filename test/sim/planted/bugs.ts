import { DISK_BUGS, TAKEOVER_BUGS } from './disk-bugs.ts';
import type { PlantedBug } from './planted-bug.ts';

const SCHEDULER = 'manager/scheduler';
const WORKER = 'worker/lifecycle';

/** Mistakes with identities and commits. */
const COMMIT_BUGS: readonly PlantedBug[] = [
  {
    name: 'attempt numbers begin again after a restart',
    firstSeed: 20,
    file: `${SCHEDULER}/context.js`,
    changes: [['return ATTEMPTS_PER_EPOCH * (this.options.epoch - 1) + 1;', 'return 1;']],
  },
  {
    name: 'a Worker is told "committed" before the record is durable',
    file: `${SCHEDULER}/commits.js`,
    changes: [
      [
        'const atMs = wallTime(job, ctx.nowMs);',
        `const atMs = wallTime(job, ctx.nowMs);
        if (workerOf(ctx, attempt)) settle(ctx, workerOf(ctx, attempt), attempt.ref, 'committed');`,
      ],
    ],
  },
  {
    name: 'whoever reports twice is told "committed"',
    firstSeed: 20,
    file: `${SCHEDULER}/commits.js`,
    changes: [["const outcome = same ? 'committed' : 'discard';", "const outcome = 'committed';"]],
  },
  {
    name: 'committed, but the report was lost: nobody says it again',
    file: `${WORKER}/work.js`,
    changes: [
      ["for (const { report } of this.#attempts.in('finished'))", 'for (const { report } of [])'],
    ],
  },
  {
    name: 'no attempt check: a report of the past commits',
    firstSeed: 31,
    file: `${SCHEDULER}/commits.js`,
    changes: [
      [
        'if (!same)\n        stale(ctx, worker, `finished ${attemptKey(message)}`);',
        `if (!same && ctx.jobs.get(job_id)?.isRunning)
        ctx.emit({ type: 'append', record: { type: 'task_committed', attempt: { job_id, stage, task_index, attempt }, workerId: worker.id, outputs: message.outputs, statistics: message.statistics, counters: [], atMs: 0 } });`,
      ],
    ],
  },
  {
    name: 'a second commit: whoever finishes while another attempt is being committed',
    firstSeed: 22,
    file: `${SCHEDULER}/task.js`,
    changes: [
      [
        "if (state.state !== 'active')\n            return false;\n        return state.attempt.ref.attempt === number",
        "if (state.state !== 'active' && state.state !== 'committing') return false;\n        return state.attempt.ref.attempt === number",
      ],
    ],
  },
  {
    name: 'what a search for bad records has finished is committed',
    firstSeed: 14,
    file: `${SCHEDULER}/commits.js`,
    changes: [['if (attempt.lines?.probe === true || message.lines !== undefined)', 'if (false)']],
  },
  {
    name: 'numbers of jobs that left anything are used again',
    file: `${SCHEDULER}/context.js`,
    changes: [['this.nextJobId = options.firstJobId ?? 1;', 'this.nextJobId = 1;']],
  },
  {
    name: 'the same submission again is another job',
    firstSeed: 37,
    file: `${SCHEDULER}/submission.js`,
    changes: [['if (id === undefined || message.dry_run === true)', 'if (true)']],
  },
  {
    name: 'a count of maps instead of the set: a void map still counts',
    file: `${SCHEDULER}/lost-runs.js`,
    changes: [['job.mapsCommitted -= 1;', '']],
  },
  {
    name: 'a void map leaves the manifest in force',
    file: `${SCHEDULER}/lost-runs.js`,
    changes: [['job.manifestPath = undefined;', '']],
  },
  {
    name: 'a completed map runs again on a report that is wrong',
    firstSeed: 26,
    file: `${SCHEDULER}/lost-runs.js`,
    changes: [['return clearSuspicion(ctx, job, run);', '']],
  },
];

/** Mistakes with retries and with who is alive. */
const LIFE_BUGS: readonly PlantedBug[] = [
  {
    name: 'one failure more than --max-attempts',
    file: `${SCHEDULER}/outcomes.js`,
    changes: [['task.charged < job.maxAttempts;', 'task.charged <= job.maxAttempts;']],
  },
  {
    name: 'failures are not counted',
    file: `${SCHEDULER}/outcomes.js`,
    changes: [['task.charged += 1;', '']],
  },
  {
    name: 'a lost Worker is charged to the task',
    firstSeed: 102,
    file: `${SCHEDULER}/outcomes.js`,
    changes: [['task.lost += 1;', 'task.lost += 1; task.charged += 1;']],
  },
  {
    name: 'a task may take Workers down for ever',
    file: `${SCHEDULER}/outcomes.js`,
    changes: [
      [
        'function failIfLostTooOften(ctx, job, task) {',
        'function failIfLostTooOften(ctx, job, task) { return;',
      ],
    ],
  },
  {
    name: 'backup attempts where nothing straggles',
    file: `${SCHEDULER}/backups.js`,
    changes: [
      ['const PATIENCE_MIN_MS = 10_000;', 'const PATIENCE_MIN_MS = 0;'],
      ['const PATIENCE = 1.5;', 'const PATIENCE = 0.1;'],
    ],
  },
  {
    name: 'timer leak: a deadline that has passed is never done with',
    file: `${SCHEDULER}/liveness.js`,
    changes: [
      [
        'return deadlines(worker, intervalMs).find((deadline) => deadline.atMs <= nowMs)?.verdict;',
        'return undefined;',
      ],
    ],
  },
  {
    name: 'slow is dead',
    firstSeed: 79,
    file: `${SCHEDULER}/liveness.js`,
    changes: [['const SILENT_INTERVALS = 5.5;', 'const SILENT_INTERVALS = 0.9;']],
  },
  {
    name: 'a Manager that stood still blames its Workers',
    firstSeed: 157,
    file: 'runtime/drive.js',
    changes: [
      ['if (gapMs > this.#pauseThresholdMs && this.#options.pausedEvent)', 'if (false)'],
      ['this.#options.clock.afterSockets(() => this.#tick());', 'this.#tick();'],
    ],
  },
  {
    name: 'a heartbeat that is repeated counts as a sign of life',
    firstSeed: 240,
    file: `${SCHEDULER}/worker-reports.js`,
    changes: [['if (message.number <= worker.datagramNumber)', 'if (false)']],
  },
  {
    name: 'a registration does not tell what the Worker has',
    firstSeed: 31,
    file: `${SCHEDULER}/registration.js`,
    changes: [['if (!has.has(attemptKey(attempt.ref)))', 'if (false)']],
  },
  {
    name: 'a restarted Manager does not wait for what runs',
    firstSeed: 23,
    file: `${SCHEDULER}/liveness.js`,
    changes: [
      ['const GHOST_GRACE_INTERVALS = SILENT_INTERVALS;', 'const GHOST_GRACE_INTERVALS = 0;'],
    ],
  },
  {
    name: 'a slot counts as free while its program is being killed',
    firstSeed: 55,
    file: `${WORKER}/work.js`,
    changes: [
      [
        'this.#attempts.stop(ref);',
        'this.#attempts.stop(ref); for (const { ref: other, slot } of this.#attempts.withSlot()) if (attemptKey(other) === attemptKey(ref)) this.#slots.free(slot);',
      ],
    ],
  },
];

export const PLANTED_BUGS: readonly PlantedBug[] = [
  ...COMMIT_BUGS,
  ...LIFE_BUGS,
  ...DISK_BUGS,
  ...TAKEOVER_BUGS,
];
