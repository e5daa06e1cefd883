import type { Alert, AlertCounts, AlertEvent, Channel } from "../../api/generated/api";
import { countsWords, eventWords, stateWords, targetWords, timesWords } from "./alertWords";

const NONE = {
  info: 0,
  warning: 0,
  critical: 0,
  emergency: 0,
  open: 0,
  acknowledged: 0,
  unread: 0,
  told_until: null,
};

test("counts are told in words, the worst first, and none are left out", () => {
  const counts: AlertCounts = { ...NONE, as_of: "" };
  expect(countsWords(counts)).toBe("Nothing is wrong now");
  expect(countsWords({ ...counts, open: 2, acknowledged: 1, warning: 2, emergency: 1 })).toBe(
    "2 open, 1 acknowledged; of these 1 emergency, 2 warning",
  );
});

test("an alert that its reader has not read is new", () => {
  const alert = { state: "OPEN", unread: true } as Alert;
  expect(stateWords(alert)).toBe("Open · new");
  expect(stateWords({ ...alert, state: "RESOLVED", unread: false })).toBe("Resolved");
});

test("events name who acknowledged", () => {
  const event = { kind: "ACKNOWLEDGED", username: "pm_smith" } as AlertEvent;
  expect(eventWords(event)).toBe("Acknowledged by pm_smith");
  expect(eventWords({ ...event, kind: "RESOLVED", username: null })).toBe("Resolved: the finding is gone");
});

test("a channel says where and when it tells", () => {
  const mail = { kind: "EMAIL", url: null, recipients: ["a@example.com", "b@example.com"] };
  const channel = { ...mail, digest: "NONE", quiet_from: null, quiet_to: null } as Channel;
  expect(targetWords(channel)).toBe("a@example.com, b@example.com");
  expect(timesWords(channel)).toBe("At once");
  const night = { digest: "HOURLY", quiet_from: "22:00", quiet_to: "07:00" } as const;
  expect(timesWords({ ...channel, ...night })).toBe("Each hour, in one message; quiet 22:00 to 07:00");
  const hook = { kind: "WEBHOOK", url: "https://hooks.example.com/x", recipients: [] } as const;
  expect(targetWords({ ...channel, ...hook, recipients: [] })).toBe("https://hooks.example.com/x");
});
