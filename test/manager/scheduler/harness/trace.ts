import type { ManagerCommand } from '../../../../src/manager/scheduler/commands.ts';
import type { ConnectionId, ManagerEvent } from '../../../../src/manager/scheduler/events.ts';
import { describeCommand, describeEvent } from './describe.ts';

export interface RecordedStep {
  readonly event: ManagerEvent;
  readonly nowMs: number;
  readonly commands: readonly ManagerCommand[];
}

/** Steps as text, one event or command a line. */
export function traceOf(
  steps: readonly RecordedStep[],
  peer: (connection: ConnectionId) => string,
): string {
  const lines: string[] = [];
  for (const { event, nowMs, commands } of steps) {
    const quiet = event.type === 'heartbeat' || event.type === 'tick';
    const isBeat = event.type === 'worker_message' && event.message.message_type === 'heartbeat';
    if ((quiet || isBeat) && commands.length === 0) continue;
    lines.push(`${(nowMs / 1000).toFixed(3).padStart(8)}  ${describeEvent(event, peer)}`);
    for (const command of commands) lines.push(`            ${describeCommand(command, peer)}`);
  }
  return `${lines.join('\n')}\n`;
}
