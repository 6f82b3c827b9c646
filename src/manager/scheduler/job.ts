import { assert } from '../../runtime/assert.ts';
import { jobName, taskName, type TaskStage } from '../../protocol/ids.ts';
import type { FailureReport, JobEvent, JobState } from '../../protocol/job-report.ts';
import type { JobSpec } from '../../protocol/job-spec.ts';
import { JOB_DEFAULTS } from '../../protocol/job-spec.ts';
import { AheadStack } from './ahead-stack.ts';
import { CommitTable } from './commit-table.ts';
import type { ConnectionId } from './events.ts';
import { type JobPhase, NEXT_PHASES } from './job-phase.ts';
import { MapInputs } from './map-inputs.ts';
import { PendingQueue } from './pending-queue.ts';
import type { KeptPlan, OutputPlace, MapPieces } from './plan.ts';
import type { EndedRest, PublishingRecord } from './records.ts';
import { StageTally } from './stage-tally.ts';
import { StartedAttempts } from './started-attempts.ts';
import { type Attempt, Task } from './task.ts';
import type { TaskSearch } from './task-search.ts';
import type { WorkerRecord } from './worker.ts';

const EVENTS_KEPT = 1000;
/** A report is one message: more warnings than these say nothing new. */
const WARNINGS_MAX = 100;

/** One submission, from the moment it has a number. */
export class Job {
  readonly id: number;
  readonly spec: JobSpec;
  readonly plan: KeptPlan;
  /** Nothing once the job has ended. */
  mapInputs: MapInputs;
  readonly place: OutputPlace;
  /** Wall clock, milliseconds since 1970. */
  readonly submittedAtMs: number;
  /** The same moment on the monotonic clock. */
  readonly submittedMonoMs: number;
  maps: readonly Task[];
  reduces: readonly Task[];
  readonly pendingMaps: PendingQueue;
  readonly pendingReduces: PendingQueue;
  mapsCommitted = 0;
  /** With `keep_going`: maps that failed for good. */
  mapsGivenUp = 0;
  reducesCommitted = 0;
  /** Names the runs that reduces merge; undefined while a map is missing. */
  manifestPath: string | undefined;
  manifestVersion = 0;
  manifestUnderWay = false;
  /** A map was voided while its manifest was being written. */
  manifestStale = false;
  /** Runs being checked, by `attemptKey`, and who could not read them. */
  readonly suspects = new Map<string, Set<WorkerRecord>>();
  publishing: Omit<PublishingRecord, 'type' | 'jobId'> | undefined;
  outputParts = 0;
  /** Attempts that Workers still have, cancelled ones included. */
  readonly attempts = new Set<Attempt>();
  /** Those of them that wait for a slot. */
  readonly ahead = new AheadStack();
  /** Those of them that run and are not called off. */
  readonly started = new StartedAttempts();
  readonly attemptCounts = {
    map: { attempts: 0, failed: 0, lost: 0, unfit: 0, backups: 0 },
    reduce: { attempts: 0, failed: 0, lost: 0, unfit: 0, backups: 0 },
  };
  readonly tallies = { map: new StageTally(), reduce: new StageTally() };
  readonly commits: Readonly<Record<TaskStage, CommitTable>>;
  /** When the first attempt of the stage got a slot, and when its last task committed. */
  readonly stageTimes = {
    map: { fromMs: undefined as number | undefined, toMs: 0 },
    reduce: { fromMs: undefined as number | undefined, toMs: 0 },
  };
  readonly warnings: string[];
  readonly lastErrors: string[] = [];
  /** `GROUP,NAME` of all counters of committed attempts. */
  readonly counterNames = new Set<string>();
  /** The attempt that failed last, for `mapreduce logs`. */
  lastFailed: Attempt['ref'] | undefined;
  /** Of attempts that failed at one of several pieces: which. By attempt name, the oldest first. */
  readonly failedInputs = new Map<string, NonNullable<FailureReport['input']>>();
  /** Set by `cancel_job` where the phase cannot stop at once. */
  cancelRequestedBy: string | undefined;
  /** With `keep_going`: why it will fail once the other maps have ended. */
  pendingFailure: FailureReport | undefined;
  readonly watchers = new Set<ConnectionId>();
  nextProgressMs = 0;
  /** Already said that there is nobody to run it. */
  saidNoWorkers = false;
  /** Already said that no Worker that is there can run it. */
  saidUnable = false;
  nextQueuedNoteMs = 0;
  /** Of its maps that look for bad records, in the order in which they began. */
  readonly searches: TaskSearch[] = [];
  /** Attempts that only looked for bad records and have ended. */
  probes = 0;
  /** Who waits for `job_accepted`. */
  readonly submitters: ConnectionId[] = [];
  /** Who waits for `job_removed`. */
  readonly removers: ConnectionId[] = [];
  /** Its files are being removed because it was kept long enough. */
  expired = false;
  keptBytes = 0;
  /** When to remove what was kept, if it is not gone by then. */
  nextCleanUpMs = 0;
  endedAtMonoMs = 0;
  #taskCounts: Readonly<Record<TaskStage, number>>;
  /** Of an ended job: last attempts where they are not the usual one. */
  #retried: ReadonlyMap<string, number> = new Map();
  #rest: EndedRest | undefined;
  #phase: JobPhase = { phase: 'preparing' };
  #events: { readonly number: number; readonly event: JobEvent }[] = [];
  #eventNumber = 0;

  constructor(options: {
    id: number;
    spec: JobSpec;
    plan: KeptPlan;
    maps: MapPieces;
    place: OutputPlace;
    submittedAtMs: number;
    nowMs: number;
    firstAttempt: number;
  }) {
    const { id, plan, maps, firstAttempt } = options;
    this.id = id;
    this.spec = options.spec;
    this.plan = plan;
    this.place = options.place;
    this.submittedAtMs = options.submittedAtMs;
    this.submittedMonoMs = options.nowMs;
    this.warnings = [...plan.summary.warnings];
    this.mapInputs = new MapInputs(maps);
    this.maps = maps.map((pieces, index) => {
      const inputBytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
      return new Task({ jobId: id, stage: 'map', index }, { inputBytes, firstAttempt });
    });
    this.reduces = Array.from(
      { length: plan.reduces },
      (_, index) =>
        new Task({ jobId: id, stage: 'reduce', index }, { inputBytes: 0, firstAttempt }),
    );
    this.#taskCounts = { map: this.maps.length, reduce: this.reduces.length };
    this.commits = {
      map: new CommitTable({ job_id: id, stage: 'map' }, this.maps.length),
      reduce: new CommitTable({ job_id: id, stage: 'reduce' }, this.reduces.length),
    };
    this.pendingMaps = new PendingQueue(this.maps);
    this.pendingReduces = new PendingQueue(this.reduces);
  }

  get name(): string {
    return jobName(this.id);
  }

  get phase(): JobPhase {
    return this.#phase;
  }

  /** The word for clients. */
  get state(): JobState {
    const phase = this.#phase;
    switch (phase.phase) {
      case 'preparing':
        return 'preparing';
      case 'running':
        return this.stageTimes.map.fromMs === undefined &&
          this.stageTimes.reduce.fromMs === undefined
          ? 'accepted'
          : 'running';
      case 'publishing':
      case 'published':
        return 'publishing';
      case 'stopping':
        return phase.ending.outcome;
      case 'cleaning':
        return phase.ending?.outcome ?? 'publishing';
      case 'ended':
        return phase.report.outcome;
      default:
        return phase satisfies never;
    }
  }

  get isRunning(): boolean {
    return this.#phase.phase === 'running';
  }

  get hasEnded(): boolean {
    return this.#phase.phase === 'ended';
  }

  get priority(): number {
    return this.spec.priority ?? 0;
  }

  get maxAttempts(): number {
    return this.spec.max_attempts ?? JOB_DEFAULTS.maxAttempts;
  }

  get maxWorkersLost(): number {
    return this.spec.max_workers_lost ?? JOB_DEFAULTS.maxWorkersLost;
  }

  get maxRunning(): number {
    return this.spec.max_running ?? Number.POSITIVE_INFINITY;
  }

  get allMapsCommitted(): boolean {
    return this.mapsCommitted === this.maps.length;
  }

  get allReducesCommitted(): boolean {
    return this.reducesCommitted === this.reduces.length;
  }

  /** The queue that dispatch may take from now: maps first, reduces once their manifest stands. */
  get pending(): PendingQueue {
    if (this.pendingMaps.size > 0 || this.manifestPath === undefined) return this.pendingMaps;
    return this.pendingReduces;
  }

  task(stage: TaskStage, index: number): Task | undefined {
    return stage === 'map' ? this.maps[index] : this.reduces[index];
  }

  queueOf(stage: TaskStage): PendingQueue {
    return stage === 'map' ? this.pendingMaps : this.pendingReduces;
  }

  /** The only way a job changes phase; an illegal move is a bug. */
  move(next: JobPhase): void {
    const legal = NEXT_PHASES[this.#phase.phase].includes(next.phase);
    assert(legal, `${this.name}: illegal transition ${this.#phase.phase} → ${next.phase}`);
    this.#phase = next;
  }

  /** How many tasks the stage has, or had. */
  taskCount(stage: TaskStage): number {
    return this.#taskCounts[stage];
  }

  /** The number of a task's last attempt; undefined where there is none. */
  latestAttempt(stage: TaskStage, index: number): number | undefined {
    const task = this.task(stage, index);
    if (task) return task.lastAttempt;
    if (!this.hasEnded || index >= this.#taskCounts[stage]) return undefined;
    return this.#retried.get(taskName({ stage, task_index: index })) ?? this.rest.usualAttempt;
  }

  /** An ended job is its report and little more: plan and tasks need not stay in memory. */
  release(rest: EndedRest): void {
    const phase = this.#phase;
    assert(phase.phase === 'ended', `${this.name} is released before its end`);
    const { maps, reduces } = phase.report;
    this.#taskCounts = { map: maps.tasks, reduce: reduces.tasks };
    this.#retried = new Map(rest.lastAttempts);
    this.#rest = rest;
    this.mapInputs = new MapInputs([]);
    this.maps = [];
    this.reduces = [];
    this.commits.map.clear();
    this.commits.reduce.clear();
    this.pendingMaps.clear();
    this.pendingReduces.clear();
    this.suspects.clear();
    this.searches.length = 0;
  }

  /** What is known of an ended job beside its report. */
  get rest(): EndedRest {
    assert(this.#rest !== undefined, `${this.name} has not ended`);
    return this.#rest;
  }

  /** The next event gets a higher number than any that an earlier Manager told. */
  numberEventsAfter(number: number): void {
    this.#eventNumber = Math.max(this.#eventNumber, number);
  }

  /** @returns whether it is news: the report has room for it, and does not say it yet */
  keepWarning(text: string): boolean {
    if (this.warnings.length >= WARNINGS_MAX || this.warnings.includes(text)) return false;
    this.warnings.push(text);
    return true;
  }

  /** Numbers and keeps an event for watchers that come later. */
  keepEvent(event: JobEvent): number {
    this.#eventNumber += 1;
    this.#events.push({ number: this.#eventNumber, event });
    if (this.#events.length > EVENTS_KEPT) this.#events.shift();
    return this.#eventNumber;
  }

  get eventNumber(): number {
    return this.#eventNumber;
  }

  eventsAfter(number: number): readonly { readonly number: number; readonly event: JobEvent }[] {
    return this.#events.filter((kept) => kept.number > number);
  }
}
