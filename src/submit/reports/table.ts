/** Rows under their headings; cells are plain text of one line. */
export interface Table {
  readonly headings: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/**
 * A table for reading: boxes on a terminal, plain aligned columns elsewhere, so that `grep`,
 * `awk` and `cut` see one row per line.
 */
export async function formatTable(table: Table, boxed: boolean): Promise<string> {
  return boxed ? boxedTable(table) : plainTable(table);
}

/** Columns two blanks apart, headings in the first line, nothing at line ends. */
export function plainTable({ headings, rows }: Table): string {
  const lines = [headings, ...rows];
  const widths = headings.map((_, column) =>
    Math.max(...lines.map((line) => (line[column] ?? '').length)),
  );
  const text = lines.map((line) =>
    widths
      .map((width, column) => (line[column] ?? '').padEnd(width))
      .join('  ')
      .trimEnd(),
  );
  return `${text.join('\n')}\n`;
}

async function boxedTable({ headings, rows }: Table): Promise<string> {
  const { default: CliTable } = await import('cli-table3');
  // No colours of its own: NO_COLOR then holds without asking.
  const table = new CliTable({ head: [...headings], style: { head: [], border: [] } });
  table.push(...rows.map((row) => [...row]));
  return `${table.toString()}\n`;
}
