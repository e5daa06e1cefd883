import { fireEvent, render, screen, waitFor } from "@testing-library/react";
import { useState } from "react";
import { Provider } from "react-redux";
import { api, type Desk } from "../api/generated/api";
import { makeStore } from "../store";
import { QuantityField } from "./QuantityField";

const DESK = { quantity_m: "THOUSAND", warn_above_quantity: 50_000_000, max_quantity: 250_000_000 } as Desk;
const seen: (number | null)[] = [];

function Field() {
  const [typed, setTyped] = useState<{ text: string; value: number | null }>({ text: "", value: null });
  const [confirmed, setConfirmed] = useState<number | null>(null);
  seen.push(typed.value);
  return (
    <QuantityField
      label="Face"
      text={typed.text}
      value={typed.value}
      onChange={(text, value) => setTyped({ text, value })}
      ofOrder
      confirmed={confirmed}
      onConfirm={setConfirmed}
    />
  );
}

async function draw() {
  seen.length = 0;
  const store = makeStore();
  await store.dispatch(api.util.upsertQueryData("getDesk", undefined, DESK));
  render(
    <Provider store={store}>
      <Field />
    </Provider>,
  );
  const face = screen.getByLabelText("Face");
  return { face, type: (value: string) => fireEvent.change(face, { target: { value } }) };
}

test("the full number stands beside what is typed, by the desk's meaning of m", async () => {
  const { type } = await draw();
  type("5m");
  expect(screen.getByText("5,000 face")).toBeVisible();
  type("5mm");
  expect(screen.getByText("5,000,000 face")).toBeVisible();
});

test("a bare 5 is asked, and stands for nothing until it is answered", async () => {
  const { face, type } = await draw();
  type("5");
  fireEvent.blur(face);
  expect(screen.getByText("5 or 5,000,000?")).toBeVisible();
  expect(seen.at(-1)).toBeNull();
  fireEvent.click(screen.getByText("5,000,000"));
  expect(face).toHaveValue("5,000,000");
  expect(seen.at(-1)).toBe(5_000_000);
  type("5");
  fireEvent.blur(face);
  fireEvent.click(screen.getByText("5"));
  expect(face).toHaveValue("5");
  expect(seen.at(-1)).toBe(5);
});

test("a size above the warning is confirmed in full and in words, and another size anew", async () => {
  const { type } = await draw();
  type("60mm");
  const box = screen.getByLabelText(/^60,000,000 \(sixty million\) is meant\./);
  fireEvent.click(box);
  expect(box).toBeChecked();
  type("61mm");
  expect(screen.getByLabelText(/^61,000,000/)).not.toBeChecked();
});

test("a size over the maximum has no value, and a message after a pause", async () => {
  const { face, type } = await draw();
  type("251mm");
  expect(seen.at(-1)).toBeNull();
  await waitFor(() =>
    expect(screen.getByRole("alert")).toHaveTextContent("No more than 250,000,000 is possible."),
  );
  expect(face).toHaveAttribute("aria-invalid", "true");
});
