import { once } from 'node:events';
import { connect } from 'node:net';

/** Sends bytes as `nc -N` does (half-close, no newline of its own) and gives what came back. */
export async function netcat(port: number, text: string | Uint8Array): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
  let answer = '';
  socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
  socket.on('error', () => undefined);
  socket.end(text);
  await once(socket, 'close');
  return answer;
}
