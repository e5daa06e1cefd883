import { type Change, followChanges, MAX_CHANGES, withChange } from "./changes";

const change = (sequence: number) => ({ sequence, kind: "EVENT_RECEIVED" }) as Change;

/** A service whose streams answer in turn; what was asked and shown is written down. */
function service(streams: (Change[] | "FAILS")[], refusal?: unknown) {
  const asked: string[] = [];
  const ports = {
    stream: async (last: string | null, take: (found: Change) => void) => {
      asked.push(`stream from ${last}`);
      const next = streams.shift();
      if (next === undefined || next === "FAILS") throw new Error("no stream");
      for (const found of next) take(found);
    },
    probe: async () => {
      asked.push("probe");
      return { error: refusal };
    },
    wait: async (milliseconds: number) => void asked.push(`wait ${milliseconds}`),
    isCurrent: () => asked.length < 9,
    show: (found: Change) => void asked.push(`show ${found.sequence}`),
    tell: () => {},
  };
  return { ports, asked };
}

test("a stream that ends is resumed behind the last change, and nothing is shown twice", async () => {
  const { ports, asked } = service([[change(4), change(5)], [change(5), change(6)], []]);
  expect(await followChanges(ports)).toBeNull();
  expect(asked).toEqual([
    "stream from null",
    "show 4",
    "show 5",
    "wait 1000",
    "stream from 5",
    "show 6",
    "wait 1000",
    "stream from 6",
    "wait 1000",
  ]);
});

test("without a stream it is tried again after a while, from where it was", async () => {
  const { ports, asked } = service([[change(4)], "FAILS", [change(7)]]);
  await followChanges(ports);
  expect(asked).toEqual([
    "stream from null",
    "show 4",
    "wait 1000",
    "stream from 4",
    "probe",
    "wait 5000",
    "stream from 4",
    "show 7",
    "wait 1000",
  ]);
});

test("who may not follow is not asked again", async () => {
  const refused = { status: 403, data: {} };
  const { ports, asked } = service(["FAILS"], refused);
  expect(await followChanges(ports)).toBe(refused);
  expect(asked).toEqual(["stream from null", "probe"]);
});

test("the newest changes are kept, each once", () => {
  let kept: readonly Change[] = [];
  for (let sequence = 1; sequence <= MAX_CHANGES + 5; sequence += 1)
    kept = withChange(withChange(kept, change(sequence)), change(sequence));
  expect(kept).toHaveLength(MAX_CHANGES);
  expect(kept[0]?.sequence).toBe(MAX_CHANGES + 5);
  expect(withChange([change(3)], change(2)).map(({ sequence }) => sequence)).toEqual([3, 2]);
});
