/** A mistake that somebody might make, as a change of the compiled text of one module. */
export interface PlantedBug {
  /** The rule that it breaks. */
  readonly name: string;
  /** Under `src/`, as compiled. */
  readonly file: string;
  /** What is replaced by what, each once. */
  readonly changes: readonly (readonly [find: string, replace: string])[];
  /** Where a hunt begins: a seed that has shown it. Without it, or when seeds mean something else, a
   * hunt takes longer and finds it all the same. */
  readonly firstSeed?: number;
}

const SCHEDULER = 'manager/scheduler';
const JOURNAL = 'manager/journal';
const PUBLISH = 'manager/publish';
const WORKER = 'worker/lifecycle';

/** Mistakes with identities and commits. */
const COMMIT_BUGS: readonly PlantedBug[] = [
  {
    name: 'attempt numbers begin again after a restart',
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
    firstSeed: 30,
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
    firstSeed: 30,
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
    name: 'the same submission again is another job',
    firstSeed: 36,
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
    firstSeed: 32,
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
    firstSeed: 119,
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
    firstSeed: 65,
    file: `${SCHEDULER}/liveness.js`,
    changes: [['const SILENT_INTERVALS = 5.5;', 'const SILENT_INTERVALS = 0.9;']],
  },
  {
    name: 'a Manager that stood still blames its Workers',
    firstSeed: 75,
    file: 'runtime/drive.js',
    changes: [
      ['if (gapMs > this.#pauseThresholdMs && this.#options.pausedEvent)', 'if (false)'],
      ['this.#options.clock.afterSockets(() => this.#tick());', 'this.#tick();'],
    ],
  },
  {
    name: 'a registration does not tell what the Worker has',
    file: `${SCHEDULER}/registration.js`,
    changes: [['if (!has.has(key))', 'if (false)']],
  },
  {
    name: 'a restarted Manager does not wait for what runs',
    firstSeed: 23,
    file: `${SCHEDULER}/liveness.js`,
    changes: [
      [
        'export const GHOST_GRACE_INTERVALS = SILENT_INTERVALS;',
        'export const GHOST_GRACE_INTERVALS = 0;',
      ],
    ],
  },
  {
    name: 'a slot counts as free while its program is being killed',
    firstSeed: 149,
    file: `${WORKER}/work.js`,
    changes: [
      [
        'this.#attempts.stop(ref);',
        'this.#attempts.stop(ref); for (const { ref: other, slot } of this.#attempts.withSlot()) if (attemptKey(other) === attemptKey(ref)) this.#slots.free(slot);',
      ],
    ],
  },
];

/** Mistakes with the journal and with what is published. */
const DISK_BUGS: readonly PlantedBug[] = [
  {
    name: 'fsync is skipped',
    file: `${JOURNAL}/file-journal.js`,
    changes: [['await file.sync();', '']],
  },
  {
    name: 'a failed fsync is taken as done',
    firstSeed: 54,
    file: `${JOURNAL}/file-journal.js`,
    changes: [['await file.sync();', 'await file.sync().catch(() => undefined);']],
  },
  {
    name: 'a short write is taken as whole',
    file: `${JOURNAL}/write-epoch.js`,
    changes: [['done += written;', 'done = bytes.length;']],
  },
  {
    name: 'the first file of an epoch gets its name before its bytes are safe',
    file: `${JOURNAL}/write-epoch.js`,
    changes: [['await file.sync();', '']],
  },
  {
    name: 'a torn tail is a reason not to start',
    firstSeed: 30,
    file: `${JOURNAL}/read-epoch.js`,
    changes: [['if (wholeLines <= safe) {', 'if (wholeLines <= safe || lines > wholeLines) {']],
  },
  {
    name: 'the snapshot forgets commits',
    file: `${SCHEDULER}/snapshot.js`,
    changes: [['if (commit) {', 'if (false) {']],
  },
  {
    name: 'a job is said to be accepted before that is recorded',
    file: `${SCHEDULER}/submission.js`,
    changes: [
      [
        'const { spec, plan, place, submittedAtMs } = job;',
        `const { spec, plan, place, submittedAtMs } = job;
    for (const client of job.submitters.splice(0)) replyAccepted(ctx, client, job);`,
      ],
    ],
  },
  {
    name: 'the output appears before "publishing" is recorded',
    file: `${SCHEDULER}/stages.js`,
    changes: [
      [
        'const { jobId, device, inode, parts } = event;',
        `const { jobId, device, inode, parts } = event;
    ctx.emit({ type: 'publish', jobId, place: job.place, overwrite: job.spec.overwrite ?? false, device, inode });`,
      ],
    ],
  },
  {
    name: 'success is told before "published" is recorded',
    file: `${SCHEDULER}/stages.js`,
    changes: [
      [
        "ctx.emit({ type: 'append', record: { type: 'published', jobId } });",
        `job.outputParts = job.phase.parts;
    job.move({ phase: 'cleaning', ending: null });
    ctx.emit({ type: 'clean_up', jobId, place: job.place, keepIntermediates: false });`,
      ],
    ],
  },
  {
    name: 'the name of the output is not synced',
    firstSeed: 31,
    file: `${PUBLISH}/publish-by-rename.js`,
    changes: [["await syncPath(files, parentDirectory(directory) || '/');", '']],
  },
  {
    name: 'the names of the parts are not synced',
    firstSeed: 31,
    file: `${PUBLISH}/prepare-publish.js`,
    changes: [['await syncPath(files, directory);', '']],
  },
  {
    name: 'the reduces begin before the manifest is there',
    file: `${SCHEDULER}/job.js`,
    changes: [
      [
        'if (this.pendingMaps.size > 0 || this.manifestPath === undefined)',
        'if (this.pendingMaps.size > 0)',
      ],
    ],
  },
];

export const PLANTED_BUGS: readonly PlantedBug[] = [...COMMIT_BUGS, ...LIFE_BUGS, ...DISK_BUGS];
