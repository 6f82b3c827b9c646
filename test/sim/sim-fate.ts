import type { TaskOrderMessage } from '../../src/worker/tasks/task-result.ts';
import { stumbles } from './bad-lines.ts';
import type { JobScript } from './job-script.ts';
import type { Surroundings } from './surroundings.ts';

/** What an attempt's program does in the end. */
export type Fate =
  'finishes' | 'fails' | 'unfit' | 'cannot_start' | 'kills its Worker' | 'blames a sound run';

export function fateOf(
  world: Surroundings,
  order: TaskOrderMessage,
  script: JobScript | undefined,
): Fate {
  if (!script) return 'fails';
  return (
    (order.stage === 'map' ? mapFate(world, order, script) : undefined) ??
    chance(world, order, script)
  );
}

/** What follows from the map itself. */
function mapFate(
  { dice }: Surroundings,
  { task_index: map, lines }: Extract<TaskOrderMessage, { readonly stage: 'map' }>,
  { poisonedMap, badLines, deadlyMap, deadliness }: JobScript,
): Fate | undefined {
  if (map === poisonedMap) return 'fails';
  if (map === badLines?.map) return stumbles(badLines, lines) ? 'fails' : 'finishes';
  return map === deadlyMap && dice.chance(deadliness) ? 'kills its Worker' : undefined;
}

function chance(
  { dice, isHealed }: Surroundings,
  { stage }: TaskOrderMessage,
  { blaming, failing }: JobScript,
): Fate {
  if (isHealed()) return 'finishes';
  if (stage === 'reduce' && dice.chance(blaming)) return 'blames a sound run';
  if (!dice.chance(failing)) return 'finishes';
  return dice.pick<Fate>(['fails', 'fails', 'fails', 'unfit', 'unfit', 'cannot_start']);
}
