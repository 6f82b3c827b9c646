/*
 * What the merge asks of its user, see MergeHost in src/shuffle/merge-kernel.ts. When something is
 * wrong the host throws: then none of these comes back.
 */

/** Reads what comes next of a source, `room` bytes at most, to `at`. Gives how many there are. */
export declare function readMore(source: u32, at: usize, room: usize): usize;

/** Memory for a window that was not large enough, up to the end of the merge. */
export declare function makeWindow(bytes: usize): usize;

/** A source is not what its index says, or no part of a run at all. */
export declare function reportDamage(source: u32, kind: u32): void;

/** A key that has so many records that it may be of interest. Gives how many the next one must have. */
export declare function noteGroup(key: usize, keyBytes: usize, records: f64): f64;
