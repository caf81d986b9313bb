import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from "@apollo/client";
import { SetContextLink } from "@apollo/client/link/context";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { OperationTypeNode } from "graphql";
import { createClient } from "graphql-ws";

/** A client that says who it is with an API key, or with nothing where the key is empty. */
export function clientWith(key: string): ApolloClient {
  const authorization = key ? { Authorization: `ApiKey ${key}` } : {};
  const http = ApolloLink.from([
    new SetContextLink(({ headers }) => ({ headers: { ...headers, ...authorization } })),
    new HttpLink({ uri: "/graphql" }),
  ]);
  const socket = new GraphQLWsLink(
    createClient({
      url: new URL("/graphql", location.href).href.replace(/^http/, "ws"),
      // Browsers cannot set headers of websockets, so the key goes into the first message. Where tokens
      // end, give a function that fetches a fresh one: it is called on every connection.
      connectionParams: () => authorization,
      keepAlive: 10_000,
      // Without these a server that restarts ends the subscription for good.
      shouldRetry: () => true,
      retryAttempts: Infinity,
    }),
  );
  return new ApolloClient({
    link: ApolloLink.split(
      ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
      socket,
      http,
    ),
    // Every record has an `id` that is unique over all sources, so the cache keeps each one once and an
    // event of the subscription changes it wherever it is shown.
    cache: new InMemoryCache(),
  });
}
