/**
 * The access token of this page, in memory alone: no script of a later page finds it in a store, and a reload gets
 * a new one by the refresh cookie, which no script can read.
 */
let token: string | null = null;

export const accessToken = {
  get: () => token,
  set: (next: string | null) => {
    token = next;
  },
};
