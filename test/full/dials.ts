/**
 * How fast and how often the tests with faults run. The environment sets it; without it they run as
 * in `.ci/run`.
 */

/** All intervals and sleeps of the MIT tests are divided by it: 1 is real time. */
export const TIME_SCALE = positive('MUSTER_TIME_SCALE', 1);

/** Another seed, another choice of what dies when. */
export const SEED = positive('MUSTER_SEED', 1);

/** How often a test that repeats itself does so; `usual` in `.ci/run`. */
export function rounds(usual: number): number {
  return positive('MUSTER_ROUNDS', usual);
}

/** Seconds of the MIT tests in milliseconds of this run. */
export function scaledMs(seconds: number): number {
  return (seconds * 1000) / TIME_SCALE;
}

function positive(name: string, otherwise: number): number {
  const given = Number(process.env[name] ?? otherwise);
  if (!(given > 0)) throw new Error(`Cannot use ${name}=${String(process.env[name])}: not above 0`);
  return given;
}
