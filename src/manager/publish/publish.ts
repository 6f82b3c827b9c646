import { type FileSystem, nodeFileSystem } from './file-system.ts';
import { publishByRename } from './publish-by-rename.ts';
import { publishInPlace } from './publish-in-place.ts';
import type { PublishRequest } from './publish-request.ts';

/**
 * Puts a prepared output in place. May be done again after it was cut short anywhere: what is done
 * already is recognised by the inode of `publish/` or by its list of names.
 * When it fails, an old output that was set aside is back where it was.
 * @throws Error whose message is for the user
 */
export function publish(
  request: PublishRequest,
  files: FileSystem = nodeFileSystem,
): Promise<void> {
  return request.place.mode === 'rename'
    ? publishByRename(request, files)
    : publishInPlace(request, files);
}
