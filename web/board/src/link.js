// The websocket to the server: one for all streams, watched by pings, opened again when it breaks.
import { signal } from "@preact/signals";
import { createClient } from "graphql-ws";

const PING_MS = 10_000;
const PONG_MS = 5_000;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;

export const api = new URL("graphql", document.baseURI);
const socketUrl = new URL(api);
socketUrl.protocol = api.protocol === "https:" ? "wss:" : "ws:";

/** What the page knows of its connection: phase is CONNECTING, CATCHING_UP, LIVE, LOST, SIGN_IN or REFUSED. */
export const link = signal({ phase: "CONNECTING", since: Date.now(), retryAt: null, why: "" });
/** Changes that were taken in since the last connection was made, until the streams are current. */
export const caughtUp = signal(0);

let key = "";
let attempts = 0;
let ponging = 0;
let waiting = new Set();
let timer = 0;

export const client = createClient({
  url: socketUrl.href,
  retryAttempts: 0,
  keepAlive: PING_MS,
  lazyCloseTimeout: 1000,
  connectionParams: () => (key ? { Authorization: `Bearer ${key}` } : {}),
  on: {
    ping: (received) => {
      if (!received) ponging = setTimeout(() => client.terminate(), PONG_MS);
    },
    pong: (received) => {
      if (received) clearTimeout(ponging);
    },
    connected: () => {
      attempts = 0;
      caughtUp.value = 0;
      tell("CATCHING_UP");
    },
    closed: () => clearTimeout(ponging),
  },
});

export function tell(phase, why = "", retryAt = null) {
  const changed = link.value.phase !== phase;
  link.value = { phase, why, retryAt, since: changed ? Date.now() : link.value.since };
}

/** Calls `again` when the line should be tried again; all that wait share one moment. */
export function whenRetrying(again) {
  waiting.add(again);
  if (timer) return;
  const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** attempts) * (0.75 + Math.random() / 2);
  attempts += 1;
  tell("LOST", "", Date.now() + wait);
  timer = setTimeout(retry, wait);
}

function retry() {
  clearTimeout(timer);
  timer = 0;
  const ready = waiting;
  waiting = new Set();
  for (const again of ready) again();
}

/** Says who is asking; the key lives as long as the page. */
export function signIn(given) {
  key = given.trim();
  attempts = 0;
  tell("CONNECTING");
  retry();
}

/** Keeps a stream until somebody signs in. */
export function whenSignedIn(again) {
  waiting.add(again);
}

/** Asks once, over HTTP; errors beside data are handed over with it. */
export async function ask(query, variables, { signal: stop, operationName } = {}) {
  const answer = await fetch(api, {
    method: "POST",
    signal: stop,
    headers: {
      "content-type": "application/json",
      accept: "application/graphql-response+json",
      ...(key ? { authorization: `Bearer ${key}` } : {}),
    },
    body: JSON.stringify({ query, variables, operationName }),
  });
  if (answer.status === 401 || answer.status === 403) throw new SignIn();
  const { data, errors } = await answer.json();
  if (!data) throw new Error(errors?.[0]?.message ?? `The server answered with status ${answer.status}.`);
  return { data, errors: errors ?? [] };
}

export class SignIn extends Error {}

addEventListener("offline", () => client.terminate());
addEventListener("online", () => {
  if (!timer) return;
  attempts = 0;
  retry();
});
