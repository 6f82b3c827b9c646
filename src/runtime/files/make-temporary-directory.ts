import { promisify } from 'node:util';
import tmp from 'tmp';

const make = promisify<tmp.DirOptions, string>((options, done) => {
  tmp.dir(options, (error, path) => {
    done(error, path);
  });
});

/**
 * Makes an empty directory, `PREFIX-…`, that only this user may enter. Who makes it removes it.
 * @param parent where it is made; where TMPDIR says by default
 * @throws errors of the system
 */
export function makeTemporaryDirectory(prefix: string, parent?: string): Promise<string> {
  return make({ prefix, mode: 0o700, keep: true, ...(parent !== undefined && { tmpdir: parent }) });
}
