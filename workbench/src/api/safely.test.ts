import { isOutcomeUnknown, sendSafely } from "./safely";

const problem = (status: number, code: string) => ({ status, data: { code, title: code, errors: [] } });
const lost = { status: "FETCH_ERROR", error: "TypeError" };
const pause = async () => {};

function sender(...answers: unknown[]) {
  const keys: string[] = [];
  const send = async (key: string) => {
    keys.push(key);
    const answer = answers[keys.length - 1];
    if (typeof answer === "string") return answer;
    throw answer;
  };
  return { keys, send };
}

test("a lost answer and a busy desk are repeated under the same key", async () => {
  const { keys, send } = sender(lost, problem(503, "DESK_BUSY"), "done");
  expect(await sendSafely(send, { key: "k1", pause })).toBe("done");
  expect(keys).toEqual(["k1", "k1", "k1"]);
});

test("a refusal is not repeated", async () => {
  const refused = problem(409, "CONFLICT");
  const { keys, send } = sender(refused, "done");
  await expect(sendSafely(send, { key: "k1", pause })).rejects.toBe(refused);
  expect(keys).toEqual(["k1"]);
});

test("an unknown outcome at Aladdin is never sent again", async () => {
  const unknown = problem(503, "ORDER_OUTCOME_UNKNOWN");
  const { keys, send } = sender(unknown, "done");
  await expect(sendSafely(send, { key: "k1", pause })).rejects.toBe(unknown);
  expect(keys).toEqual(["k1"]);
});

test("after four lost answers it is given up", async () => {
  const { keys, send } = sender(lost, lost, lost, lost, "done");
  await expect(sendSafely(send, { key: "k1", pause })).rejects.toBe(lost);
  expect(keys).toHaveLength(4);
});

test("what is unknown: lost answers, and Aladdin's", () => {
  expect(isOutcomeUnknown(lost)).toBe(true);
  expect(isOutcomeUnknown(problem(503, "ORDER_OUTCOME_UNKNOWN"))).toBe(true);
  expect(isOutcomeUnknown(problem(503, "VENDOR_SUSPENDED"))).toBe(false);
});
