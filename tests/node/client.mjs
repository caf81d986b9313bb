// The client graphql-ws as people use it, except that it does not wait before it tries again.
// Arguments: a subscription, then addresses; each is followed until its subscription ends, and all
// that happened is told in one line.
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

const [query, ...urls] = process.argv.slice(2);

function followed(url) {
  const told = { url, closes: [], connections: 0, values: [] };
  return new Promise((done) => {
    const client = createClient({
      url,
      webSocketImpl: WebSocket,
      retryWait: async () => {},
      on: {
        opened: () => (told.connections += 1),
        closed: (event) => told.closes.push(event.code),
      },
    });
    const end = (outcome) => {
      done({ ...told, ...outcome });
      client.dispose();
    };
    client.subscribe(
      { query },
      {
        next: ({ data }) => told.values.push(data),
        error: (error) => end({ outcome: 'gave up', code: error.code ?? null }),
        complete: () => end({ outcome: 'completed' }),
      },
    );
  });
}

for (const told of await Promise.all(urls.map(followed))) console.log(JSON.stringify(told));
