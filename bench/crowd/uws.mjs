// graphql-ws on uWebSockets.js, as its documentation shows it.
import uWS from "@btc-vision/uwebsockets.js";
import { makeBehavior } from "graphql-ws/use/uWebSockets";
import { controlled, schema } from "./shop.mjs";

uWS
  .App()
  .ws("/graphql", makeBehavior({ schema }))
  .listen("127.0.0.1", 0, (socket) => controlled(uWS.us_socket_local_port(socket)));
