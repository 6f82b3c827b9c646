import { expect, test } from 'vitest';
import { isMountPoint } from '../../../src/runtime/files/mount-points.ts';

const MOUNTS = `22 1 254:0 / / rw,relatime - ext4 /dev/vda rw
36 22 254:0 /data/x /mnt/my\\040out rw - ext4 /dev/vda rw
`;

test.each([
  ['/', true],
  ['/mnt/my out', true],
  ['/mnt/my', false],
  ['/mnt/my out/inside', false],
])('%s is a mount point: %s', async (path, expected) => {
  expect(await isMountPoint(path, () => Promise.resolve(MOUNTS))).toBe(expected);
});

test('the real list has the root and not a new directory', async () => {
  expect(await isMountPoint('/')).toBe(true);
  expect(await isMountPoint('/nothing/here')).toBe(false);
});

test('where there is no list, nothing is a mount point', async () => {
  expect(await isMountPoint('/', () => Promise.reject(new Error('no /proc')))).toBe(false);
});
