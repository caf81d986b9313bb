// A dashboard: follows one subscription with graphql-ws, through whatever happens to its connection.
// The third argument tells for each connection in turn its `params`, and the `delay` in ms before them.
// Tells of connections, closes and events as they happen, one line each, and ends with its standard input.
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

const [url, query, listed = '[]'] = process.argv.slice(2);
const connections = JSON.parse(listed);
const say = (found) => console.log(JSON.stringify(found));

const client = createClient({
  url,
  webSocketImpl: WebSocket,
  connectionParams: async () => {
    const { params = {}, delay = 0 } = (connections.length > 1 ? connections.shift() : connections[0]) ?? {};
    await new Promise((done) => setTimeout(done, delay));
    return params;
  },
  // By default a server that does not listen for a moment ends it all.
  shouldRetry: () => true,
  retryAttempts: 200,
  retryWait: () => new Promise((done) => setTimeout(done, 50)),
  on: {
    connected: () => say({ what: 'connected' }),
    closed: (event) => say({ what: 'closed', code: event.code ?? null }),
  },
});
client.subscribe(
  { query },
  {
    next: ({ data, errors }) => say({ what: 'event', data, errors }),
    error: (error) => say({ what: 'gave up', code: error.code ?? null, message: error.message ?? null }),
    complete: () => say({ what: 'completed' }),
  },
);
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
