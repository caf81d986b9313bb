import { defineConfig } from "vite";

// The page and the API appear under one address, as behind a reverse proxy: browsers then need no
// permission for requests to another host, and the server none for websockets from one.
const floorgraph = "http://127.0.0.1:8000";
const proxy = { "/graphql": { target: process.env["FLOORGRAPH_URL"] ?? floorgraph, ws: true } };

export default defineConfig({
  oxc: { jsx: { runtime: "automatic" } },
  server: { host: "127.0.0.1", proxy },
  preview: { host: "127.0.0.1", proxy },
});
