/**
 * Bounds on what a message may hold. Schemas refuse what is over them, so whoever makes a text of
 * unknown length (a program's stderr, a status line) cuts it to these before sending.
 */

/** Longest document on the wire, in bytes, without its newline. */
export const MESSAGE_BYTES_MAX = 1024 * 1024;

/** Characters of a path, a command line, an environment value. */
export const PATH_CHARS_MAX = 4096;
export const COMMAND_CHARS_MAX = 65_536;
export const ENVIRONMENT_VALUE_CHARS_MAX = 131_072;

/** Characters of a sentence: a cause, a reason, a warning, an error. */
export const SENTENCE_CHARS_MAX = 65_536;

/** Characters of a `reporter:status:` line, of a counter's group or name, of a job's name. */
export const STATUS_CHARS_MAX = 4096;
export const COUNTER_NAME_CHARS_MAX = 1024;
export const JOB_NAME_CHARS_MAX = 1024;

/** Lines of a program's stderr that travel, and the characters of each. */
export const STDERR_TAIL_LINES_MAX = 1000;
export const STDERR_LINE_CHARS_MAX = 65_536;

/** Items of any list; the document's length is the tighter bound for most. */
export const LIST_ITEMS_MAX = 100_000;

/** Characters of base64 in one `put_file`: 600,000 bytes of content. */
export const CHUNK_BASE64_CHARS_MAX = 800_000;

/** Files that travel with one job: every task's order names them all. */
export const SHIPPED_FILES_MAX = 10_000;

/** Counters of a job: more would make its reports unbounded. */
export const COUNTERS_MAX = 200;
/** Digits of one increment of a counter, and of its total with its sign. */
export const COUNTER_STEP_DIGITS_MAX = 1000;
export const COUNTER_DIGITS_MAX = COUNTER_STEP_DIGITS_MAX + 24;

/** Counts in a job: reduces, the hint for maps, tasks at once, fields of a key, failures or losses. */
export const REDUCES_MAX = 100_000;
export const MAPS_HINT_MAX = 1_000_000;
export const RUNNING_MAX = 1_000_000;
export const KEY_FIELDS_MAX = 1_000_000;
export const TRIES_MAX = 1000;

/** Characters of a separator. */
export const SEPARATOR_CHARS_MAX = 64;

/** Lines that a job may leave out of its input: an order names those of its task. */
export const BAD_RECORDS_MAX = 100;
/** Characters of why a line is left out, in an order and beside the output. */
export const BAD_RECORD_CAUSE_CHARS_MAX = 200;

/** The longest record that `--max-record` may allow. */
export const RECORD_BYTES_MAX = 1024 ** 3;

/**
 * Bytes of JSON of what all orders of a job repeat: commands, environment and shipped files. The
 * rest of a message is for the pieces of one task.
 */
export const ORDER_COMMON_BYTES_MAX = 512 * 1024;
