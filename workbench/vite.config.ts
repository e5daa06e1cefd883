import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const api = process.env.API_URL ?? "http://localhost:5000";

/**
 * What is loaded before a page can be used, in three files, since gzip finds little in many small ones: what every page
 * begins with; what the login and the pages have in common; what is around every page, with the workbench.
 */
const FIRST_LOAD = [
  { name: "base", tags: ["$initial" as const], priority: 3 },
  {
    name: "fields",
    test: /src[\\/](kit[\\/](Field|states)\.tsx|api[\\/]generated[\\/]api\.ts)|@mui[\\/]material[\\/](Paper|Stack)[\\/]/,
    priority: 2,
  },
  {
    name: "desk",
    test: /src[\\/](shell[\\/]Frame|rooms[\\/]allocations[\\/]WorkbenchPage)\.tsx/,
    priority: 1,
  },
];

export default defineConfig({
  // Relative, because a proxy may serve the product below a path: the page's <base> says where it is.
  base: "./",
  plugins: [react()],
  build: {
    target: "es2023",
    sourcemap: false,
    chunkSizeWarningLimit: 1500,
    rolldownOptions: { output: { codeSplitting: { groups: FIRST_LOAD } } },
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
