// Apollo Server with its standalone server: node apollo.mjs UPSTREAM single|batch
import { ApolloServer } from "@apollo/server";
import { startStandaloneServer } from "@apollo/server/standalone";
import { context, resolvers, typeDefs } from "./data.mjs";

const server = new ApolloServer({ typeDefs, resolvers });
const { url } = await startStandaloneServer(server, {
  listen: { port: 0, host: "127.0.0.1" },
  context: async () => context(),
});
console.log(url.replace(/\/$/, ""));
