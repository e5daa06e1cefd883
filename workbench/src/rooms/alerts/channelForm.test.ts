import type { Channel } from "../../api/generated/api";
import { errorsByField, faultsOf, formOf, termsOf } from "./channelForm";

const HOOK = {
  ...formOf(null),
  name: " Chat ",
  kind: "WEBHOOK" as const,
  url: "https://hooks.example.com/x",
  body: "CHAT" as const,
  secret: "DESK",
  recipients: ["a@example.com"],
};

test("what a kind has not is not sent", () => {
  expect(termsOf(HOOK)).toMatchObject({ name: "Chat", body: "CHAT", secret: "DESK", recipients: [] });
  const mail = termsOf({ ...HOOK, kind: "EMAIL" });
  expect(mail).toMatchObject({ url: null, body: "JSON", secret: null, recipients: ["a@example.com"] });
  expect(mail).toMatchObject({ quiet_from: null, quiet_to: null, severity: "WARNING", digest: "NONE" });
});

test("a channel that is edited comes with what it says", () => {
  const channel = { ...termsOf({ ...HOOK, quiet_from: "22:00", quiet_to: "07:00" }), version: 3 };
  expect(termsOf(formOf(channel as Channel))).toEqual(
    termsOf({ ...HOOK, name: "Chat", recipients: [], quiet_from: "22:00", quiet_to: "07:00" }),
  );
});

test("what is missing is told at once", () => {
  expect(faultsOf(HOOK)).toEqual({});
  expect(faultsOf({ ...formOf(null), quiet_from: "25:00" })).toEqual({
    name: "Type a name.",
    recipients: "Type at least one recipient, then Enter.",
    quiet_from: "Type a time such as 22:00.",
    quiet_to: "Type both times, or neither.",
  });
  expect(faultsOf({ ...HOOK, url: " ", body: "SMS", recipients: [] })).toEqual({
    url: "Type the address of the webhook.",
    recipients: "Type at least one recipient, then Enter.",
  });
});

test("errors of a list stand at the list", () => {
  expect(errorsByField({ "recipients.1": "No address.", "recipients.2": "x", url: "No host." })).toEqual({
    recipients: "No address.",
    url: "No host.",
  });
});
