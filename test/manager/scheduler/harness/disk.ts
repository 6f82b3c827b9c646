import { attemptName } from '../../../../src/protocol/ids.ts';
import type { ManagerCommand } from '../../../../src/manager/scheduler/commands.ts';
import type { ManagerEvent } from '../../../../src/manager/scheduler/events.ts';
import type { MapPieces } from '../../../../src/manager/scheduler/plan.ts';
import type { JournalRecord } from '../../../../src/manager/scheduler/records.ts';
import { planOf } from './plans.ts';

/** Commands that the Manager's storage answers with an event. */
type AnsweredType =
  | 'prepare_job'
  | 'make_staging'
  | 'append'
  | 'check_outputs'
  | 'check_run'
  | 'write_manifest'
  | 'prepare_publish'
  | 'publish'
  | 'clean_up'
  | 'remove_job_files'
  | 'read_log'
  | 'read_plan';
type AnsweredCommand = Extract<ManagerCommand, { type: AnsweredType }>;
type CommandOf<T extends AnsweredType> = Extract<ManagerCommand, { type: T }>;
type Answer<T extends AnsweredType> = (command: CommandOf<T>) => ManagerEvent;

const KEPT_BYTES = 1000;

/** What storage says when nothing goes wrong. */
const ANSWERS: { readonly [T in AnsweredType]: Answer<T> } = {
  prepare_job: ({ request, spec }) => ({
    type: 'job_prepared',
    request,
    plan: planOf(spec),
  }),
  make_staging: ({ jobId }) => ({ type: 'staging_made', jobId }),
  append: ({ record }) => ({ type: 'recorded', record }),
  check_outputs: ({ attempt }) => ({
    type: 'outputs_checked',
    attempt,
    problem: null,
  }),
  check_run: ({ run }) => ({ type: 'run_checked', run, problem: null }),
  write_manifest: ({ jobId, version }) => ({
    type: 'manifest_written',
    jobId,
    version,
    path: `/shared/jobs/manifest.${String(version)}`,
  }),
  prepare_publish: ({ jobId, parts }) => ({
    type: 'publish_prepared',
    jobId,
    device: 1,
    inode: 2,
    parts: parts.filter((part) => part.partIndex !== null).length,
  }),
  publish: ({ jobId }) => ({ type: 'published', jobId }),
  clean_up: ({ jobId, keepIntermediates }) => ({
    type: 'cleaned_up',
    jobId,
    keptBytes: keepIntermediates ? KEPT_BYTES : 0,
  }),
  remove_job_files: ({ jobId }) => ({
    type: 'job_files_removed',
    jobId,
    freedBytes: KEPT_BYTES,
  }),
  read_log: ({ client }) => ({ type: 'client_answered', client }),
  read_plan: ({ client }) => ({ type: 'client_answered', client }),
};

/** The Manager's storage: answers at once and well, unless a test holds it back or says otherwise. */
export class Disk {
  readonly #deliver: (event: ManagerEvent) => void;
  readonly #answers = new Map<AnsweredType, (command: never) => ManagerEvent>();
  readonly #held = new Map<AnsweredType, AnsweredCommand[]>();
  /** What `job.json` holds of each job. */
  readonly #maps = new Map<number, MapPieces>();

  /** @param deliver takes an answer to the Manager; answers of one type stay in order */
  constructor(deliver: (event: ManagerEvent) => void) {
    this.#deliver = deliver;
  }

  /** Answers this type so from now on. */
  answer<T extends AnsweredType>(type: T, answer: Answer<T>): void {
    this.#answers.set(type, answer);
  }

  /** Answers this type well again. */
  heal(type: AnsweredType): void {
    this.#answers.delete(type);
  }

  /** Leaves commands of this type unanswered until {@link release}. */
  hold(type: AnsweredType): void {
    this.#held.set(type, []);
  }

  /** Commands of this type that wait for their answer. */
  held<T extends AnsweredType>(type: T): readonly CommandOf<T>[] {
    return (this.#held.get(type) ?? []) as CommandOf<T>[];
  }

  /** Answers what was held, and holds no more. */
  release(type: AnsweredType): void {
    const commands = this.#held.get(type) ?? [];
    this.#held.delete(type);
    for (const command of commands) this.perform(command);
  }

  /** Puts back what the journal does not hold of jobs. */
  withPlans(records: readonly JournalRecord[]): readonly JournalRecord[] {
    return records.map((record) =>
      record.type === 'job_accepted'
        ? { ...record, maps: this.#maps.get(record.jobId) ?? [] }
        : record,
    );
  }

  /** Who asked is gone. */
  forget(): void {
    for (const type of this.#held.keys()) this.#held.set(type, []);
  }

  /** Answers a command, if it is one for storage. */
  perform(command: ManagerCommand): void {
    if (!isAnswered(command)) return;
    if (command.type === 'make_staging') this.#maps.set(command.jobId, command.plan.maps);
    const waiting = this.#held.get(command.type);
    if (waiting) waiting.push(command);
    else this.#deliver(this.#answerTo(command));
  }

  #answerTo(command: AnsweredCommand): ManagerEvent {
    const answer = this.#answers.get(command.type) ?? ANSWERS[command.type];
    return (answer as (command: AnsweredCommand) => ManagerEvent)(command);
  }
}

function isAnswered(command: ManagerCommand): command is AnsweredCommand {
  return Object.hasOwn(ANSWERS, command.type);
}

/** Refuses what `map-00000.1` and the like left behind. */
export function losesOutputOf(...attempts: readonly string[]): Answer<'check_outputs'> {
  return ({ attempt }) => ({
    type: 'outputs_checked',
    attempt,
    problem: attempts.includes(attemptName(attempt)) ? 'the file is not there' : null,
  });
}
