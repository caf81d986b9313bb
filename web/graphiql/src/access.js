// Who is asking. The key lives in memory alone: closing or loading the page forgets it.
import { createGraphiQLFetcher } from "@graphiql/toolkit";
import { useSyncExternalStore } from "react";

// The page is /graphiql/ beside /graphql, whatever path a proxy puts in front of both.
export const api = new URL("../graphql", location.href);
const live = new URL(api);
live.protocol = api.protocol === "https:" ? "wss:" : "ws:";

let state = { key: "", refused: false };
const listeners = new Set();

function become(next) {
  state = { ...state, ...next };
  for (const one of listeners) one();
}

export const useAccess = () =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => state,
  );

export const setKey = (key) => become({ key: key.trim(), refused: false });

/** The headers of a request: what stands in the Headers pane goes before the key. */
export function headersWith(given = {}) {
  const named = Object.keys(given).some((name) => name.toLowerCase() === "authorization");
  return state.key && !named ? { ...given, Authorization: `Bearer ${state.key}` } : given;
}

/** Asks over HTTP and notes whether the server wants to know who asks. */
export async function send(...request) {
  const answer = await fetch(...request);
  if (answer.status === 401) become({ refused: true });
  return answer;
}

const plain = createGraphiQLFetcher({ url: api.href, subscriptionUrl: live.href, fetch: send });

export const fetcher = (parameters, options) => plain(parameters, { ...options, headers: headersWith(options?.headers) });
