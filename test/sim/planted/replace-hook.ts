import type { LoadHook, InitializeHook } from 'node:module';

/** Runs on the thread of Node's module loader: gives one module another text. */

export interface Replacement {
  /** How the URL of the module ends. */
  readonly file: string;
  readonly changes: readonly (readonly [find: string, replace: string])[];
}

let replacement: Replacement | undefined;

export const initialize: InitializeHook<Replacement> = (data) => {
  replacement = data;
};

export const load: LoadHook = async (url, context, next) => {
  const loaded = await next(url, context);
  if (!replacement || !url.endsWith(`/src/${replacement.file}`)) return loaded;
  let source = Buffer.from(loaded.source as Uint8Array).toString();
  for (const [find, replace] of replacement.changes) source = source.replace(find, () => replace);
  return { ...loaded, source };
};
