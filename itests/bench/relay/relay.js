// The peer of the benchmark of live streams: every message of a client goes to the provider, every one of the provider's
// to the client, and nothing else is done. Arguments: its port, the provider's.
const { WebSocketServer, WebSocket } = require('ws');

const [port, provider] = process.argv.slice(2).map(Number);
const server = new WebSocketServer({ port, host: '127.0.0.1', perMessageDeflate: false, backlog: 4096 });

server.on('connection', client => {
  const up = new WebSocket(`ws://127.0.0.1:${provider}/v1/listen`, { perMessageDeflate: false });
  let early = [];
  client._socket.setNoDelay(true);
  up.on('open', () => {
    up._socket.setNoDelay(true);
    early.forEach(([message, binary]) => up.send(message, { binary }));
    early = null;
  });
  client.on('message', (message, binary) => {
    if (early) early.push([message, binary]);
    else if (up.readyState === WebSocket.OPEN) up.send(message, { binary });
  });
  up.on('message', (message, binary) => client.send(message, { binary }));
  client.on('close', () => up.close());
  client.on('error', () => up.close());
  up.on('close', () => client.close());
  up.on('error', () => client.close());
});
server.on('listening', () => console.log(`relay at ${server.address().port}`));
