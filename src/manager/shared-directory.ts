import tmp from 'tmp';
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
  const cluster = await openCluster(await temporaryDirectory(), sharedGroup);
  return {
    cluster,
    temporary: true,
    release: async () => {
      await cluster.release();
      await removeTree(cluster.directory);
    },
  };
}

function temporaryDirectory(): Promise<string> {
  return new Promise((resolve, reject) => {
    tmp.dir({ prefix: 'muster', mode: 0o700 }, (error, name) => {
      if (error) reject(error);
      else resolve(name);
    });
  });
}
