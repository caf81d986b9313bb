import { defineConfig } from "vite";

// The page itself is served at "/", everything that it loads at "/board/". Every asset has a content
// hash in its name, so that browsers may keep it for good; no source maps are shipped.
export default defineConfig({
  base: "./",
  publicDir: false,
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  experimental: {
    renderBuiltUrl: (name, { hostType }) => (hostType === "html" ? `board/${name}` : { relative: true }),
  },
  build: {
    outDir: "../../floorgraph/server/static/board",
    emptyOutDir: true,
    sourcemap: false,
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1024,
  },
});
