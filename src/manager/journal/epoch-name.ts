/** `epoch-00007.log` */
export function epochFileName(epoch: number): string {
  return `epoch-${String(epoch).padStart(5, '0')}.log`;
}

/** The number of an epoch's file, or undefined for any other name. */
function epochOf(name: string): number | undefined {
  const digits = /^epoch-(\d{5,})\.log$/.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** Epochs of a directory, the latest first. */
export function epochsOf(names: readonly string[]): readonly number[] {
  return names
    .map((name) => epochOf(name))
    .filter((epoch) => epoch !== undefined)
    .toSorted((a, b) => b - a);
}

/** Whether a file is being written and has not got its name yet. */
export function isTemporary(name: string): boolean {
  return name.endsWith(TEMPORARY);
}

export const TEMPORARY = '.tmp';
