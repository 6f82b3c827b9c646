import { mkdirSync, writeFileSync } from 'node:fs';
import { validatorsSources } from './validators-source.ts';

/** A step of `npm run build`: runs when imported, from `dist`, and writes beside what it was made from. */
const protocol = new URL('../', import.meta.url);
mkdirSync(new URL('validators/', protocol), { recursive: true });
for (const [name, text] of validatorsSources()) writeFileSync(new URL(name, protocol), text);
