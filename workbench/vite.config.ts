import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const api = process.env.API_URL ?? "http://localhost:5000";

export default defineConfig({
  // Relative, because a proxy may serve the product below a path: the page's <base> says where it is.
  base: "./",
  plugins: [react()],
  build: {
    target: "es2023",
    sourcemap: false,
    chunkSizeWarningLimit: 1500,
    // What every page begins with in one file: gzip finds nothing in many small ones.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: "base", tags: ["$initial"] }] } } },
  },
  server: { proxy: { "/api/v1": api, "/v1": api, "/docs": api, "/openapi.json": api } },
  test: {
    environment: "jsdom",
    globals: true,
    isolate: false,
    setupFiles: ["src/kit/testing.ts"],
    include: ["src/**/*.test.{ts,tsx}"],
  },
});
