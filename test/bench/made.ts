import { type Amount, type LineMaker, makeBlocks } from '../../bench/generate/line-maker.ts';

/** Everything that a maker makes, as text. */
export function made(maker: LineMaker, amount: Amount): string {
  let text = '';
  makeBlocks(maker, amount, (block) => {
    text += Buffer.from(block).toString('latin1');
  });
  return text;
}

/** The same, line by line, without line ends. */
export function madeLines(maker: LineMaker, amount: Amount): readonly string[] {
  return made(maker, amount).split('\n').slice(0, -1);
}
