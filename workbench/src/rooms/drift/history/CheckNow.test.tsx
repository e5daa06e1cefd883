import { render, screen } from "@testing-library/react";
import type { Job } from "../../../api/generated/api";
import { pageShown } from "../../../kit/late";
import { CheckButton, CheckState } from "./CheckNow";
import type { Check } from "./useCheck";

function check(more: Partial<Check>): Check {
  return { may: true, ask: async () => {}, busy: false, job: null, error: undefined, lost: null, ...more };
}

const job = (more: Partial<Job>) => ({ kind: "drift.check", error: null, ...more }) as Job;
const REFUSED = {
  status: 503,
  data: { code: "SERVICE_BUSY", title: "Busy", detail: "Try again.", status: 503 },
};

test("a check that was not asked for is told from one that cannot be followed", async () => {
  // What went wrong is drawn by a part that is loaded once a page is shown.
  pageShown();
  const { rerender } = render(<CheckState check={check({ error: REFUSED })} />);
  expect(await screen.findByText("No check was asked for")).toBeVisible();
  rerender(<CheckState check={check({ lost: REFUSED })} />);
  expect(screen.getByText("The check was asked for, but cannot be followed")).toBeVisible();
});

test("why a check failed is said", () => {
  const error = {
    type: "FAILED",
    reason: "Aladdin did not answer.",
    error_code: null,
  } as unknown as Job["error"];
  render(<CheckState check={check({ job: job({ state: "FAILED", error }) })} />);
  expect(screen.getByRole("alert").textContent).toBe(
    "The check ended early (failed). Aladdin did not answer. Nothing was kept.",
  );
});

test("who may not ask has no button", () => {
  render(<CheckButton check={check({ may: false })} />);
  expect(screen.queryByRole("button")).toBeNull();
});
