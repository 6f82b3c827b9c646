import { UserError } from './user-error.ts';

const UNITS_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/**
 * Reads a length of time into milliseconds: `90` and `90s`, `250ms`, `10m`, `2h`, `30d`.
 * @param what the option it belongs to, for the error, e.g. `--task-timeout`
 * @throws UserError
 */
export function parseTime(text: string, what: string): number {
  const found = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)?$/i.exec(text.trim());
  const unitMs = UNITS_MS[(found?.[2] ?? 's').toLowerCase()];
  if (!found || unitMs === undefined) {
    throw new UserError(`Cannot use time "${text}" for ${what}: use 90, 90s, 10m or 2h`);
  }
  const timeMs = Math.round(Number(found[1]) * unitMs);
  if (!Number.isSafeInteger(timeMs)) {
    throw new UserError(`Cannot use time "${text}" for ${what}: it is too long`);
  }
  return timeMs;
}

/** The shortest text that {@link parseTime} reads back to the same time: `90s`, `10m`. */
export function printTime(timeMs: number): string {
  for (const unit of ['d', 'h', 'm', 's']) {
    const unitMs = UNITS_MS[unit] ?? 1;
    if (timeMs >= unitMs && timeMs % unitMs === 0) return `${String(timeMs / unitMs)}${unit}`;
  }
  return timeMs === 0 ? '0' : `${String(timeMs)}ms`;
}

/** For people: `0.35 s`, `12.3 s`, `2 min 5 s`, `3 h 10 min`, `4 d 2 h`. */
export function describeTime(timeMs: number): string {
  const seconds = timeMs / 1000;
  if (seconds < 59.95) return `${String(Number(seconds.toFixed(seconds < 1 ? 2 : 1)))} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return twoUnits(whole, 60, 'min', 1, 's');
  if (whole < 86_400) return twoUnits(whole, 3600, 'h', 60, 'min');
  return twoUnits(whole, 86_400, 'd', 3600, 'h');
}

function twoUnits(
  seconds: number,
  big: number,
  bigName: string,
  small: number,
  smallName: string,
): string {
  const bigs = Math.floor(seconds / big);
  const smalls = Math.floor((seconds % big) / small);
  return `${String(bigs)} ${bigName}${smalls > 0 ? ` ${String(smalls)} ${smallName}` : ''}`;
}
