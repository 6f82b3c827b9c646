import { makeTemporaryDirectory } from '../runtime/files/make-temporary-directory.ts';
import { removeTree } from '../runtime/files/remove-tree.ts';
import { UserError } from '../runtime/user-error.ts';
import { outcomeText } from './perform-context.ts';
import { type ResumedJournal, resumeJournal } from './resume-journal.ts';
import { type Cluster, openCluster } from './store/cluster-file.ts';

export interface SharedDirectory {
  readonly cluster: Cluster;
  /** Made for this Manager only, and removed with it. */
  readonly temporary: boolean;
  /** Undefined where nothing is to outlive this Manager. */
  readonly journal: ResumedJournal | undefined;
  /** Frees the lock; a temporary directory goes. */
  release(): Promise<void>;
}

/**
 * Opens the shared directory, or a temporary one when none is given.
 * @throws UserError when it cannot be used
 */
export async function openSharedDirectory(
  path: string | undefined,
  sharedGroup: boolean,
): Promise<SharedDirectory> {
  if (path !== undefined) {
    const cluster = await openCluster(path, sharedGroup);
    try {
      const journal = await resumeJournal(cluster);
      const release = async (): Promise<void> => {
        await journal.close();
        await cluster.release();
      };
      return { cluster, temporary: false, journal, release };
    } catch (error) {
      await cluster.release();
      if (error instanceof UserError) throw error;
      const message = `Cannot use the journal "${cluster.directory}/journal": ${outcomeText(error)}`;
      throw new UserError(message, undefined, { cause: error });
    }
  }
  const cluster = await openCluster(await makeTemporaryDirectory('muster'), sharedGroup);
  return {
    cluster,
    temporary: true,
    journal: undefined,
    release: async () => {
      await cluster.release();
      await removeTree(cluster.directory);
    },
  };
}
