/**
 * The access token of this page, in memory alone: no script of a later page finds it in a store, and a reload gets
 * a new one by the refresh cookie, which no script can read.
 */
let token: string | null = null;
let waiting: ((given: boolean) => void)[] = [];

export const accessToken = {
  get: () => token,
  set: (next: string | null) => {
    token = next;
    const told = waiting;
    waiting = [];
    for (const tell of told) tell(next !== null);
  },
  /** Whether a token is given next, by a login; false where the user leaves instead. */
  next: () =>
    new Promise<boolean>((resolve) => {
      waiting.push(resolve);
    }),
};
