import { errorText } from '../../runtime/system-error.ts';
import { type FileSystem, nodeFileSystem } from './file-system.ts';
import { byRename } from './publish-by-rename.ts';
import { inPlace } from './publish-in-place.ts';
import type { PublishMode } from './publish-mode.ts';
import type { PublishRequest } from './publish-request.ts';

/** How often undoing is tried: a disk that has just failed may fail once more. */
const UNDO_TRIES = 3;

/**
 * Puts a prepared output in place. May be done again after it was cut short anywhere: what is done
 * already is recognised by the inode of `publish/` or by its list of names.
 * When it fails, an old output that was set aside is back where it was.
 * @throws Error whose message is for the user
 */
export async function publish(
  request: PublishRequest,
  files: FileSystem = nodeFileSystem,
): Promise<void> {
  const { directory, mode: name } = request.place;
  const mode = name === 'rename' ? byRename : inPlace;
  try {
    await mode.publish(request, files);
  } catch (error) {
    // Also when nothing was done here: an earlier try may have set the old output aside.
    const aftermath = await undo(mode, request, files);
    const cause = errorText(error);
    throw new Error(`Cannot publish to "${directory}": ${cause}${aftermath}`, { cause: error });
  }
}

/** What was there before must not stay away for one more fault. Returns what the error must add. */
async function undo(
  mode: PublishMode,
  request: PublishRequest,
  files: FileSystem,
): Promise<string> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await mode.undo(request, files);
    } catch (error) {
      if (tries < UNDO_TRIES) continue;
      const where = await mode.whereOldIs(request, files);
      return where === undefined ? '' : `; ${where} (${errorText(error)})`;
    }
  }
}
