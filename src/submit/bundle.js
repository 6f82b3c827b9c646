import { defineConfig } from 'rolldown';

/**
 * The client in few files of the older module format: Node takes 80 ms of CPU to find, read and link
 * a hundred modules of ours and its own loader for them, which is more than a small job needs. What
 * is loaded late has a file of its own.
 */
export default defineConfig({
  input: {
    'mapreduce-submit': 'dist/submit/main.js',
    mapreduce: 'dist/submit/mapreduce.js',
  },
  platform: 'node',
  external: ['winston'],
  output: {
    dir: 'dist/client',
    format: 'cjs',
    entryFileNames: '[name].cjs',
    chunkFileNames: 'parts/[name].cjs',
  },
});
