// Mercurius on Fastify, with graphql-jit: node mercurius.mjs UPSTREAM single|batch
import Fastify from "fastify";
import mercurius from "mercurius";
import { context, resolvers, typeDefs } from "./data.mjs";

const app = Fastify();
app.register(mercurius, { schema: typeDefs, resolvers, context, jit: 1 });
console.log(await app.listen({ port: 0, host: "127.0.0.1" }));
