// graphql-ws on ws, as its documentation shows it.
import { createServer } from "node:http";
import { useServer } from "graphql-ws/use/ws";
import { WebSocketServer } from "ws";
import { controlled, schema } from "./shop.mjs";

const http = createServer();
useServer({ schema }, new WebSocketServer({ server: http, path: "/graphql" }));
http.listen({ port: 0, host: "127.0.0.1", backlog: 1024 }, () => controlled(http.address().port));
