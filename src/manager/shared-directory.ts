import { makeTemporaryDirectory } from '../runtime/files/make-temporary-directory.ts';
import { removeTree } from '../runtime/files/remove-tree.ts';
import { type Cluster, openCluster } from './store/cluster-file.ts';

export interface SharedDirectory {
  readonly cluster: Cluster;
  /** Made for this Manager only, and removed with it. */
  readonly temporary: boolean;
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
    return { cluster, temporary: false, release: () => cluster.release() };
  }
  const cluster = await openCluster(await makeTemporaryDirectory('muster'), sharedGroup);
  return {
    cluster,
    temporary: true,
    release: async () => {
      await cluster.release();
      await removeTree(cluster.directory);
    },
  };
}
