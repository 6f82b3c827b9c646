import type { FileSystem } from './file-system.ts';
import type { PublishRequest } from './publish-request.ts';

/** A way to put a prepared output in place. All may be done again after they were cut short anywhere. */
export interface PublishMode {
  publish(request: PublishRequest, files: FileSystem): Promise<void>;
  /**
   * Puts back what was there before.
   * @returns what the error message must add
   */
  undo(request: PublishRequest, files: FileSystem): Promise<string>;
  /** In words, when it cannot be put back; undefined when it was never set aside. */
  whereOldIs(request: PublishRequest, files: FileSystem): Promise<string | undefined>;
}
