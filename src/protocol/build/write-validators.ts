import { writeFileSync } from 'node:fs';
import { validatorsSource } from './validators-source.ts';

/** A step of `npm run build`: runs when imported, from `dist`, and writes beside what it was made from. */
writeFileSync(new URL('../validators.js', import.meta.url), validatorsSource());
