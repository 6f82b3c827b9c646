/** Counts and times of day the way a person reads them; exact ones are in `--json`. */

/** `1,234,567` */
export function humanCount(count: number): string {
  return String(count).replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
}

/** `1 map`, `28 maps`: for nouns whose plural ends in s. */
export function humanCountOf(count: number, noun: string): string {
  return `${humanCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** `43 %`, rounded down so that 100 % means done; 100 % of nothing. */
export function humanPercent(done: number, total: number): string {
  return `${String(percentOf(done, total))} %`;
}

/** 0 to 100, rounded down; 100 when there is nothing to do. */
export function percentOf(done: number, total: number): number {
  if (total <= 0) return 100;
  return Math.max(0, Math.min(100, Math.floor((done / total) * 100)));
}

/** `2026-11-21 03:12`, in the reader's time zone; `-` when it is not known. */
export function humanTime(wallMs: number | null): string {
  if (wallMs === null || wallMs === 0) return '-';
  const date = new Date(wallMs);
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
