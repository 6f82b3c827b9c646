import type { PlantedBug } from './planted-bug.ts';

const SCHEDULER = 'manager/scheduler';
const JOURNAL = 'manager/journal';
const PUBLISH = 'manager/publish';

/** Mistakes with the journal and with what is published. */
export const DISK_BUGS: readonly PlantedBug[] = [
  {
    name: 'fsync is skipped',
    file: `${JOURNAL}/file-journal.js`,
    changes: [['await file.sync();', '']],
  },
  {
    name: 'a failed fsync is taken as done',
    firstSeed: 10,
    file: `${JOURNAL}/file-journal.js`,
    changes: [['await file.sync();', 'await file.sync().catch(() => undefined);']],
  },
  {
    name: 'a short write is taken as whole',
    firstSeed: 8,
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
    firstSeed: 20,
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
    firstSeed: 24,
    file: `${PUBLISH}/publish-by-rename.js`,
    changes: [['await syncPath(files, directoryAbove(request));', '']],
  },
  {
    name: 'the names of the parts are not synced',
    firstSeed: 24,
    file: `${PUBLISH}/prepare-publish.js`,
    changes: [['await syncPath(files, directory);', '']],
  },
  {
    name: 'a publish that was cut short does not know its own output again',
    firstSeed: 246,
    file: `${PUBLISH}/publish-by-rename.js`,
    changes: [
      ['return status?.dev === request.device && status.ino === request.inode;', 'return false;'],
    ],
  },
  {
    name: 'a collection of parts that was cut short cannot go on',
    firstSeed: 51,
    file: `${PUBLISH}/prepare-publish.js`,
    changes: [["if (errorCode(error) !== 'ENOENT')", 'if (true)']],
  },
  {
    name: 'lines that were left out are not published',
    firstSeed: 14,
    file: `${PUBLISH}/prepare-publish.js`,
    changes: [
      [
        'await collectBadRecords(files, request, directory);',
        '{ await makeOnce(files, `${directory}/${BAD_OUTPUT_NAME}`); }',
      ],
    ],
  },
  {
    name: 'what attempts wrote goes before it is recorded that the job stops',
    firstSeed: 30,
    file: `${SCHEDULER}/stages.js`,
    changes: [
      [
        "job.move({ phase: 'stopping', ending, deadlineMs: undefined });",
        "job.move({ phase: 'stopping', ending, deadlineMs: ctx.nowMs });",
      ],
    ],
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

/** Mistakes that only show when a second Manager is started while the first one lives. */
export const TAKEOVER_BUGS: readonly PlantedBug[] = [
  {
    name: 'nobody looks for a later Manager between a sync and acting on it',
    firstSeed: 102,
    file: `${JOURNAL}/file-journal.js`,
    changes: [['await this.#checkOwner();', 'batch.at(0);']],
  },
  {
    name: 'a Manager with nothing to write never hears that it was taken over',
    firstSeed: 152,
    file: `${JOURNAL}/file-journal.js`,
    changes: [['await checkOwner(disk, identity.epoch);', '']],
  },
  {
    name: 'the journal is read first and claimed then',
    firstSeed: 376,
    file: `${JOURNAL}/open-journal.js`,
    changes: [
      ['    await claim(options, identity);\n', ''],
      [
        'const last = await readLast(options, identity.epoch);',
        'const last = await readLast(options, identity.epoch);\n    await claim(options, identity);',
      ],
    ],
  },
  {
    name: 'the name of a new file of the journal is not synced',
    file: `${JOURNAL}/open-journal.js`,
    changes: [['await syncNames(disk, epochFileName(identity.epoch));', '']],
  },
];
