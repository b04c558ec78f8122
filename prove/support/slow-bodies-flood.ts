/** `slow-bodies-flood.js PORT CLIENTS ADDRESSES`: bodies that never come, from a process of its own, until it is ended. */
import { connect } from 'node:net';

const [port = 0, clients = 0, addresses = 1] = process.argv.slice(2).map(Number);
/** Who was cut off comes back after this time, in ms. */
const PAUSE_MS = 30;
const HEAD =
  'POST /webhook/github HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 2000\r\n\r\nxxxx';
let cutOff = 0;

function hold(index: number): void {
  const socket = connect(
    { port, host: '127.0.0.1', localAddress: `127.0.0.${2 + (index % addresses)}` },
    () => {
      socket.write(HEAD);
    },
  );
  socket.resume();
  socket.on('error', () => {});
  socket.on('close', () => {
    cutOff += 1;
    setTimeout(hold, PAUSE_MS, index);
  });
}

for (let index = 0; index < clients; index += 1) hold(index);
process.on('SIGTERM', () => {
  process.stdout.write(String(cutOff));
  process.exit(0);
});
