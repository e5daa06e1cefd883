import { actionOf, isTyping } from "./shortcuts";

test("g and the key of a page open it; other letters after g do nothing", () => {
  expect(actionOf("g", false)).toEqual({ kind: "WAIT" });
  expect(actionOf("o", true)).toEqual({ kind: "GO", path: "/orders" });
  expect(actionOf("n", true)).toBeNull();
  expect(actionOf("o", false)).toBeNull();
});

test("n begins an order and ? shows the list", () => {
  expect(actionOf("n", false)).toEqual({ kind: "NEW_ORDER" });
  expect(actionOf("?", false)).toEqual({ kind: "LIST" });
});

test.each([
  ["<input>", true],
  ["<input type=checkbox>", false],
  ["<textarea></textarea>", true],
  ["<select></select>", true],
  ["<button>x</button>", false],
  ["<div role=combobox></div>", true],
])("typing in %s: %s", (html, typing) => {
  document.body.innerHTML = html;
  expect(isTyping(document.body.firstElementChild)).toBe(typing);
});
