import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { ReasonDialog } from "./ReasonDialog";

test("a reason is as long as its field takes", async () => {
  const onSubmit = vi.fn();
  render(<ReasonDialog title="Stop?" action="Stop" most={5} onSubmit={onSubmit} onClose={() => {}} />);
  const field = screen.getByRole("textbox", { name: "Reason" });
  await userEvent.type(field, "123456{Enter}");
  await screen.findByText("At most 5 characters.");
  expect(onSubmit).not.toHaveBeenCalled();
  await userEvent.type(field, "{Backspace}{Enter}");
  await waitFor(() => expect(onSubmit).toHaveBeenCalledWith("12345"));
});
