// What both Node servers serve: one station that changes when a line comes to the control port.
import net from "node:net";
import { buildSchema } from "graphql";

const listeners = new Set();

async function* changes() {
  let waiting = [];
  let wake = null;
  const listener = (change) => {
    waiting.push(change);
    wake?.();
  };
  listeners.add(listener);
  try {
    for (;;) {
      while (waiting.length) yield { stationChanged: waiting.shift() };
      await new Promise((resolve) => (wake = resolve));
    }
  } finally {
    listeners.delete(listener);
  }
}

export const schema = buildSchema(`
  type Query { ok: Boolean }
  type Station { name: String description: String }
  type StationChange { kind: String! id: ID station: Station }
  type Subscription { stationChanged(snapshot: Boolean): StationChange! }
`);
schema.getSubscriptionType().getFields().stationChanged.subscribe = changes;

let number = 0;

function change() {
  const description = `change ${String(++number).padStart(6, "0")}`;
  const told = { kind: "UPDATED", id: "bench:station:7", station: { name: "Station 7", description } };
  for (const listener of listeners) listener(told);
}

export function controlled(port) {
  const server = net.createServer((socket) => {
    socket.on("data", (bytes) => {
      for (const byte of bytes) if (byte === 10) change();
    });
    socket.on("error", () => {});
  });
  server.listen(0, "127.0.0.1", () => console.log(`${port} ${server.address().port}`));
}
