import { type FileHandle, open, readFile } from 'node:fs/promises';
import type { Piece } from '../../protocol/manager-orders.ts';
import { writeFileWhole } from '../../runtime/files/write-file-whole.ts';
import type { ManagerCommand } from '../scheduler/commands.ts';

/** What `job.json` holds of an accepted job. */
type JobFile = Pick<
  Extract<ManagerCommand, { type: 'make_staging' }>,
  'jobId' | 'spec' | 'plan' | 'place'
>;

const NEWLINE = 0x0a;
const READ_BYTES = 256 * 1024;
const TASKS_PER_WRITE = 500;

/**
 * Writes `job.json`: one JSON document, in which each map task has a line to itself, from the second
 * on, so that one task is found without taking in the whole plan.
 */
export async function writeJobFile(path: string, job: JobFile, mode: number): Promise<void> {
  await writeFileWhole(path, content(job), mode);
}

/**
 * What one map task of the job reads.
 * @throws errors of the file system, and an Error when the file has no such task
 */
export async function readMapPieces(path: string, taskIndex: number): Promise<readonly Piece[]> {
  const handle = await open(path, 'r');
  try {
    const line = await readLine(handle, taskIndex + 1);
    if (!line.startsWith('[')) throw new Error(`it has no map task ${String(taskIndex)}`);
    return JSON.parse(line.replace(/,$/, '')) as readonly Piece[];
  } finally {
    await handle.close();
  }
}

/** What all map tasks of the job read, as it was planned. */
export async function readMaps(path: string): Promise<readonly (readonly Piece[])[]> {
  const { plan } = await readJobFile(path);
  if (!Array.isArray(plan.maps)) throw new Error('it has no map tasks');
  return plan.maps;
}

/** Where the job's output was to be staged and published. */
export async function readPlace(path: string): Promise<JobFile['place']> {
  return (await readJobFile(path)).place;
}

async function readJobFile(path: string): Promise<JobFile> {
  return JSON.parse(await readFile(path, 'utf8')) as JobFile;
}

/** In blocks: neither one string for all tasks nor a write for each. */
function* content({ jobId, spec, plan, place }: JobFile): Generator<string> {
  const { maps, ...rest } = plan;
  const head = JSON.stringify({ schema_version: 1, job_id: jobId, spec, place, plan: rest });
  // The last two characters close the plan and the document.
  yield `${head.slice(0, -2)},"maps":[\n`;
  for (let from = 0; from < maps.length; from += TASKS_PER_WRITE) {
    const lines = maps.slice(from, from + TASKS_PER_WRITE).map((pieces) => JSON.stringify(pieces));
    const isLast = from + TASKS_PER_WRITE >= maps.length;
    yield `${lines.join(',\n')}${isLast ? '' : ','}\n`;
  }
  yield ']}}\n';
}

/** One line of a file without its end, counted from 0; empty where there is none. */
async function readLine(handle: FileHandle, wanted: number): Promise<string> {
  const block = Buffer.allocUnsafe(READ_BYTES);
  const found: Buffer[] = [];
  let line = 0;
  for (let position = 0; ;) {
    const { bytesRead } = await handle.read(block, 0, READ_BYTES, position);
    if (bytesRead === 0) return Buffer.concat(found).toString();
    position += bytesRead;
    for (let at = 0; at < bytesRead;) {
      const newline = block.subarray(0, bytesRead).indexOf(NEWLINE, at);
      const end = newline === -1 ? bytesRead : newline;
      if (line === wanted) found.push(Buffer.from(block.subarray(at, end)));
      if (newline !== -1) line += 1;
      if (line > wanted) return Buffer.concat(found).toString();
      at = end + 1;
    }
  }
}
