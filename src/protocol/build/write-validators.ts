import { mkdirSync, writeFileSync } from 'node:fs';
import { validatorsSources } from './validators-source.ts';

/** A step of `npm run build`: runs when imported, from `dist`, and writes beside what it was made from. */
const protocol = new URL('../', import.meta.url);
for (const [name, text] of validatorsSources()) {
  const file = new URL(name, protocol);
  mkdirSync(new URL('.', file), { recursive: true });
  writeFileSync(file, text);
}
