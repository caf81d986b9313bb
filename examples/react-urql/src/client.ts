import { createClient as createSocket } from "graphql-ws";
import { cacheExchange, Client, fetchExchange, subscriptionExchange } from "urql";

/** A client that says who it is with an API key, or with nothing where the key is empty. */
export function clientWith(key: string): Client {
  const authorization: Record<string, string> = key ? { Authorization: `ApiKey ${key}` } : {};
  const socket = createSocket({
    url: new URL("/graphql", location.href).href.replace(/^http/, "ws"),
    // Browsers cannot set headers of websockets, so the key goes into the first message. Where tokens end,
    // give a function that fetches a fresh one: it is called on every connection.
    connectionParams: () => authorization,
    keepAlive: 10_000,
    // Without these a server that restarts ends the subscription for good.
    shouldRetry: () => true,
    retryAttempts: Infinity,
  });
  return new Client({
    url: "/graphql",
    // The server answers queries by GET as well; POST keeps them out of the logs of proxies.
    preferGetMethod: false,
    fetchOptions: () => ({ headers: authorization }),
    exchanges: [
      cacheExchange,
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query, variables }) => ({
          subscribe: (sink) => ({
            unsubscribe: socket.subscribe({ query: query ?? "", variables }, sink),
          }),
        }),
      }),
    ],
  });
}
