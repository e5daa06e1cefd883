import "@testing-library/jest-dom/vitest";
import { cleanup } from "@testing-library/react";

// Test files share their modules: the library itself would clean up after those of the first one alone.
afterEach(cleanup);
