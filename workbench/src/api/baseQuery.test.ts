import { sessionBegan } from "../session/sessionSlice";
import { accessToken } from "../session/token";
import { makeStore } from "../store";
import { emptyApi } from "./emptyApi";
import type { User } from "./generated/api";

const user = (id: string) => ({ id, username: id, permissions: [] }) as unknown as User;
const json = (status: number, body: unknown) =>
  new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json" } });

const api = emptyApi.injectEndpoints({
  endpoints: (build) => ({
    send: build.mutation<unknown, void>({ query: () => ({ url: "x", method: "POST" }) }),
  }),
});

/** A service whose access token has run out, and whose refresh cookie is that of `next`. */
function serviceOf(next: string): string[] {
  const asked: string[] = [];
  vi.stubGlobal("fetch", async (input: Request | string, init?: RequestInit) => {
    const request = new Request(input, init);
    const token = request.headers.get("Authorization");
    asked.push(`${new URL(request.url).pathname} ${token}`);
    if (request.url.endsWith("auth/refresh"))
      return json(200, { access_token: `token of ${next}`, user: user(next) });
    return token === "Bearer spent" ? json(401, { code: "UNAUTHENTICATED", title: "" }) : json(200, {});
  });
  return asked;
}

beforeEach(() => {
  Object.defineProperty(document, "cookie", { configurable: true, get: () => "__Host-allocator-csrf=c" });
  Object.defineProperty(navigator, "locks", {
    configurable: true,
    value: { request: (_name: string, work: () => Promise<unknown>) => work() },
  });
  accessToken.set("spent");
});

test("a request whose token has run out is sent again with the next one", async () => {
  const asked = serviceOf("alice");
  const store = makeStore();
  store.dispatch(sessionBegan(user("alice")));
  const answer = await store.dispatch(api.endpoints.send.initiate());
  expect(answer.error).toBeUndefined();
  expect(asked).toEqual(["/v1/x Bearer spent", "/v1/auth/refresh null", "/v1/x Bearer token of alice"]);
});

test("what a user asked for is not sent again as the user who logged in meanwhile", async () => {
  const asked = serviceOf("bob");
  const store = makeStore();
  store.dispatch(sessionBegan(user("alice")));
  const answer = await store.dispatch(api.endpoints.send.initiate());
  expect(answer.error).toBeDefined();
  expect(asked).toEqual(["/v1/x Bearer spent", "/v1/auth/refresh null"]);
  expect(store.getState().session.user?.id).toBe("bob");
  expect(store.getState().draft.owner).toBe("bob");
});
