import type { Job } from "../../api/generated/api";
import { followJob } from "./followJob";

const job = (version: number, changes: Partial<Job> = {}) =>
  ({ job_id: "j", version, state: "RUNNING", done: version, total: 9, ...changes }) as Job;
const DONE = job(9, { state: "SUCCEEDED" });
const LOST = { status: "FETCH_ERROR", error: "" };

/** A service whose stream and reads answer in turn; what was asked and shown is written down. */
function service(streams: (Job[] | "FAILS")[], reads: { data?: Job; error?: unknown }[] = []) {
  const asked: string[] = [];
  const ports = {
    stream: async (last: string | null, take: (found: Job) => void) => {
      asked.push(`stream from ${last}`);
      const next = streams.shift();
      if (next === undefined || next === "FAILS") throw new Error("no stream");
      for (const found of next) take(found);
    },
    read: async () => {
      asked.push("read");
      return reads.shift() ?? { error: LOST };
    },
    wait: async (milliseconds: number) => void asked.push(`wait ${milliseconds}`),
    isCurrent: () => asked.length < 20,
    show: (found: Job) => void asked.push(`show ${found.version}`),
  };
  return { ports, asked };
}

test("a stream that ends is resumed behind the last event", async () => {
  const { ports, asked } = service([[job(1), job(2)], [DONE]]);
  expect(await followJob(ports)).toBeNull();
  expect(asked).toEqual(["stream from null", "show 1", "show 2", "wait 1000", "stream from 2", "show 9"]);
});

test("without a stream the job is read now and then, and the stream tried again", async () => {
  const { ports, asked } = service(["FAILS", [DONE]], [{ data: job(4) }]);
  expect(await followJob(ports)).toBeNull();
  expect(asked).toEqual(["stream from null", "read", "show 4", "wait 3000", "stream from 4", "show 9"]);
});

test("what is older than what was shown is not shown", async () => {
  const { ports, asked } = service([[job(5)], "FAILS", [DONE]], [{ data: job(3) }]);
  await followJob(ports);
  expect(asked.filter((line) => line.startsWith("show"))).toEqual(["show 5", "show 9"]);
});

test("a service that is away is asked again; a job that is not there is not", async () => {
  const away = service(["FAILS", "FAILS", [DONE]]);
  expect(await followJob(away.ports)).toBeNull();
  const refused = { status: 404, data: {} };
  const gone = service(["FAILS"], [{ error: refused }]);
  expect(await followJob(gone.ports)).toBe(refused);
  expect(gone.asked).toEqual(["stream from null", "read"]);
});
