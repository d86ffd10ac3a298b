import { readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

const out = resolve(import.meta.dirname, "../artifacts/ui");

/** Packs what holds text, in both ways that browsers ask for; the program holds nothing else of it. */
function packed(folder: string): Plugin {
  return {
    name: "packed",
    apply: "build",
    closeBundle() {
      for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
        const path = join(folder, name);
        if (!statSync(path).isFile() || !/\.(js|css|html|svg)$/.test(name)) continue;
        const text = readFileSync(path);
        writeFileSync(`${path}.br`, brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
        writeFileSync(`${path}.gz`, gzipSync(text, { level: 9 }));
        rmSync(path);
      }
    },
  };
}

// The page talks to its own server only. In development that is one started by hand: `crowsnest up`.
const server = process.env.CROWSNEST_SERVER ?? "http://127.0.0.1:8723";
const proxied = {
  target: server,
  changeOrigin: true,
  configure: (proxy: { on(name: "proxyReq", then: (request: { removeHeader(name: string): void }) => void): void }) =>
    proxy.on("proxyReq", (request) => request.removeHeader("origin")),
};

// Stories of every state are a page of their own, for people who change the page and for its tests; they are never in the program.
export default defineConfig(({ mode }) => {
  const isGallery = mode === "gallery";
  const folder = join(out, isGallery ? "gallery" : "dist");
  return {
    plugins: [react(), ...(isGallery ? [] : [packed(folder)])],
    build: {
      outDir: folder,
      emptyOutDir: true,
      target: "es2022",
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
      rolldownOptions: { input: resolve(import.meta.dirname, isGallery ? "gallery.html" : "index.html") },
    },
    server: { host: "127.0.0.1", proxy: { "/api": proxied, "/-/": proxied, "/openapi": proxied } },
  };
});
