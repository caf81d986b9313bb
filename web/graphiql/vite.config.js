import { defineConfig } from "vite";

// Every asset has a content hash in its name, so that browsers may keep it for good;
// nothing is inlined as a data: URL and no source maps are shipped.
export default defineConfig({
  base: "./",
  publicDir: false,
  oxc: { jsx: { runtime: "automatic" } },
  worker: { format: "es" },
  build: {
    outDir: "../../floorgraph/server/static/graphiql",
    emptyOutDir: true,
    sourcemap: false,
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 4096,
    rolldownOptions: {
      // "use client" in React packages concerns server rendering, which is not done here.
      onLog(level, log, handle) {
        if (log.code !== "MODULE_LEVEL_DIRECTIVE") handle(level, log);
      },
    },
  },
});
