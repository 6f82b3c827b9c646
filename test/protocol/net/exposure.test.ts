import { describe, expect, test } from 'vitest';
import { checkListenHost, isLoopback } from '../../../src/protocol/net/exposure.ts';

const safe = { insecureNoSecret: false, canSeePeers: () => true };

describe('an address to listen on', () => {
  test.each(['127.0.0.1', 'localhost', '::1', '127.3.2.1'])('%s is taken', (host) => {
    expect(checkListenHost(host, safe)).toBeUndefined();
  });

  test.each(['0.0.0.0', '::', '192.168.0.7', 'node1', '127.0.0.1.example.org', ''])(
    '"%s" is refused without a secret',
    (host) => {
      expect(checkListenHost(host, safe)).toBe(
        `Cannot listen on "${host}" without a secret: anyone who reaches the port could run programs. ` +
          'Use --host 127.0.0.1, or --insecure-no-secret on a network where everyone is trusted',
      );
      expect(checkListenHost(host, { ...safe, insecureNoSecret: true })).toBeUndefined();
      expect(isLoopback(host)).toBe(false);
    },
  );

  test('loopback is refused where peers cannot be told apart', () => {
    const blind = { insecureNoSecret: false, canSeePeers: () => false };
    expect(checkListenHost('127.0.0.1', blind)).toContain('/proc/net/tcp cannot be read');
    expect(checkListenHost('127.0.0.1', { ...blind, insecureNoSecret: true })).toBeUndefined();
  });

  test('this machine can tell peers apart', () => {
    expect(checkListenHost('127.0.0.1', { insecureNoSecret: false })).toBeUndefined();
  });
});
