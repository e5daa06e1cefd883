import { rightsDifference } from "./rights";

test("what is chosen and not there is granted, what is there and not chosen is revoked", () => {
  expect(
    rightsDifference(
      { roles: ["trader"], granted: ["audit:read"] },
      { roles: ["portfolio_manager"], granted: ["audit:read", "compliance:bypass"] },
    ),
  ).toEqual({
    grant: { roles: ["portfolio_manager"], permissions: ["compliance:bypass"] },
    revoke: { roles: ["trader"], permissions: [] },
  });
});

test("without a change there is nothing to do", () => {
  expect(rightsDifference({ roles: ["auditor"], granted: [] }, { roles: ["auditor"], granted: [] })).toEqual({
    grant: null,
    revoke: null,
  });
});
