import { describe, expect, it } from 'vitest';
import { heartbeatGapOf } from '../../bench/heartbeat-gap.ts';

function line(second: number, message: string): string {
  const time = new Date(second * 1000).toISOString();
  return JSON.stringify({ time, level: 'debug', component: 'manager', message });
}

describe('the heartbeat gap', () => {
  it('is the longest time without one, from ready to the end of the last job', () => {
    const log = [
      line(0, 'Manager listening on 127.0.0.1:6000'),
      line(10, 'vm-1 is ready'),
      line(11, 'event heartbeat heartbeat of vm-1'),
      line(13.5, 'event heartbeat heartbeat of vm-1'),
      line(14, 'job-0001/map-00000.1 committed by vm-1'),
      line(16.9, 'job-0001 succeeded after 670 ms'),
      line(40, 'Manager stopped'),
    ].join('\n');
    expect(heartbeatGapOf(log)).toBe(3400);
  });
});
