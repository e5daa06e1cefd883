import { makeStore } from "../store";
import { api } from "./generated/api";

test.each([
  ["../../orders/1", "/v1/accounts/..%2F..%2Forders%2F1"],
  ["a?limit=1#b", "/v1/accounts/a%3Flimit%3D1%23b"],
  ["CORE-1", "/v1/accounts/CORE-1"],
])("the id %s stays one part of the address", async (accountId, path) => {
  const asked: string[] = [];
  vi.stubGlobal("fetch", async (request: Request) => {
    asked.push(request.url);
    return new Response("{}", { headers: { "Content-Type": "application/json" } });
  });
  await makeStore().dispatch(api.endpoints.getAccount.initiate({ accountId }));
  expect(asked.map((url) => url.replace(/^https?:\/\/[^/]+/, "").replace(/\?$/, ""))).toEqual([path]);
});
