/**
 * A pure state machine behind a daemon: events in, commands out.
 *
 * The shell feeds every input as an event and performs every returned command; the outcome of a
 * command comes back as another event. A core does no I/O, reads no clock and never waits, so the
 * same core runs in production, in tests under virtual time and in a simulator.
 * (The contract of etcd-io/raft's `step` and quinn's `poll_timeout`.)
 */
export interface Core<Event, Command> {
  /**
   * Takes one event and returns the effects that it asks for, in the order to perform them.
   * @param nowMs monotonic time in milliseconds; never goes back between two calls
   */
  step(event: Event, nowMs: number): readonly Command[];

  /**
   * When the core next wants a `tick` event, in the same monotonic time, or undefined for never.
   * Must be asked again after every `step`; an early tick is harmless.
   */
  nextDeadlineMs(): number | undefined;
}
