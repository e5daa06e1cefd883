import { createSelector, createSlice, type PayloadAction } from "@reduxjs/toolkit";
import type {
  AllocationMethod,
  Commit,
  Constraints,
  Parameters,
  PreviewRequest,
  PricedOrder,
  SecurityHit,
  Side,
} from "../../api/generated/api";
import { face } from "../../kit/format";
import { loggedOut, sessionBegan } from "../../session/sessionSlice";

/** In which unit the size of the order is typed. */
export type SizeKind = "quantity" | "notional" | "percent_of_nav";

/** A commit that was sent and not answered yet. Sent again, it goes under the same key, so that it is done once. */
export interface SentCommit {
  key: string;
  commit: Commit;
}

/**
 * The order as it is being made, over all steps of the wizard. It outlives a reload of the page (session storage) and
 * the end of a session, and is forgotten at logout.
 */
export interface Draft {
  /** Id of the user whose draft it is: nobody else goes on with it. */
  owner: string | null;
  security: SecurityHit | null;
  side: Side;
  sizeKind: SizeKind;
  /** The size as typed, such as 5mm, and its value; null while it says nothing certain. */
  sizeText: string;
  size: number | null;
  /** The face above the desk's warning size that the user has confirmed. */
  confirmedFace: number | null;
  settlementDate: string | null;
  /** Clean price that overrides the market's, as typed, and its value; null for the market's. */
  priceText: string;
  price: number | null;
  groups: string[];
  /** What the server last made of this very order: its face, settlement date and price. */
  priced: PricedOrder | null;
  method: AllocationMethod;
  /** Parameters by method, so that a look at another method loses nothing. */
  parameters: Partial<Record<AllocationMethod, Parameters>>;
  constraints: Constraints;
  /** The preview last made of it. */
  allocationId: string | null;
  comparisonId: string | null;
  /** What the last preview was refused for, by field path; a change of the field's part takes it away. */
  refused: Record<string, string>;
  /** Ids of the warnings of that preview that were acknowledged. */
  acknowledged: string[];
  /** Commits without an answer, by allocation id. */
  sent: Record<string, SentCommit>;
  /** When the order was begun, for the time from order entry to commit (milliseconds of the page's clock). */
  begunAt: number | null;
  /** Grows when another order takes the place of this one: fields then begin anew. */
  revision: number;
}

/** Fields that only their own actions change. */
type OwnField = "owner" | "allocationId" | "comparisonId" | "refused" | "acknowledged" | "sent" | "revision";

export const emptyDraft: Draft = {
  owner: null,
  security: null,
  side: "BUY",
  sizeKind: "quantity",
  sizeText: "",
  size: null,
  confirmedFace: null,
  settlementDate: null,
  priceText: "",
  price: null,
  groups: [],
  priced: null,
  method: "PRO_RATA",
  parameters: {},
  constraints: {},
  allocationId: null,
  comparisonId: null,
  refused: {},
  acknowledged: [],
  sent: {},
  begunAt: null,
  revision: 0,
};

const KEY = "allocator.draft";
/** What the price, date and face of an order follow from. */
const PRICED_BY: ReadonlySet<string> = new Set<keyof Draft>([
  "security",
  "side",
  "sizeKind",
  "size",
  "settlementDate",
  "price",
  "groups",
]);

/** A number as its user would type it; 0.07 x 100 is 7. */
function plain(value: number): string {
  return String(Number(value.toPrecision(12)));
}

export function storedDraft(): Draft {
  try {
    const text = sessionStorage.getItem(KEY);
    return text ? { ...emptyDraft, ...(JSON.parse(text) as Partial<Draft>) } : emptyDraft;
  } catch {
    return emptyDraft;
  }
}

export function storeDraft(draft: Draft): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(draft));
  } catch {
    // A browser without storage keeps the draft until the page is closed.
  }
}

/** Part of the request that a field of the draft goes into, where that is not the order. */
const PART_OF: Partial<Record<keyof Draft, string>> = {
  groups: "portfolio_groups",
  method: "parameters",
  parameters: "parameters",
  constraints: "constraints",
};

/** Refusals of other parts of the request than `parts`, which have just been changed. */
function refusedElsewhere(refused: Record<string, string>, parts: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(refused).filter(([path]) => !parts.some((part) => path.split(".")[0] === part)),
  );
}

/** The request for a preview of the draft; null while security, size or groups are missing. */
function requestOf(draft: Draft): PreviewRequest | null {
  if (!draft.security || draft.size === null || draft.groups.length === 0) return null;
  return {
    order: {
      security_id: draft.security.cusip,
      side: draft.side,
      [draft.sizeKind]: draft.size,
      ...(draft.settlementDate ? { settlement_date: draft.settlementDate } : {}),
      ...(draft.price === null ? {} : { price: draft.price }),
    },
    allocation_method: draft.method,
    portfolio_groups: draft.groups,
    ...(draft.parameters[draft.method] ? { parameters: draft.parameters[draft.method] } : {}),
    ...(Object.keys(draft.constraints).length > 0 ? { constraints: draft.constraints } : {}),
  };
}

/** The request as text, so that equal ones are one. */
export function requestText(draft: Draft): string {
  return JSON.stringify(requestOf(draft));
}

const draftSlice = createSlice({
  name: "draft",
  initialState: storedDraft,
  reducers: {
    /** Change fields of the order. A preview of the order as it was is no preview of it any more. */
    draftChanged: (state, action: PayloadAction<Partial<Omit<Draft, OwnField>>>) => {
      const reprice = Object.keys(action.payload).some((field) => PRICED_BY.has(field));
      const changed = Object.keys(action.payload).map((field) => PART_OF[field as keyof Draft] ?? "order");
      return {
        ...state,
        priced: reprice ? null : state.priced,
        ...action.payload,
        begunAt: state.begunAt ?? Date.now(),
        allocationId: null,
        refused: refusedElsewhere(state.refused, changed),
      };
    },
    parametersChanged: (
      state,
      action: PayloadAction<{ method: AllocationMethod; parameters: Parameters }>,
    ) => {
      state.parameters[action.payload.method] = action.payload.parameters;
      state.allocationId = null;
      state.refused = refusedElsewhere(state.refused, ["parameters"]);
    },
    orderPriced: (state, action: PayloadAction<PricedOrder>) => {
      state.priced = action.payload;
    },
    /** A preview was made of `request`. One of an order that was changed meanwhile is no preview of this one. */
    previewMade: (state, { payload }: PayloadAction<{ allocationId: string; request: string }>) => {
      if (payload.request !== requestText(state)) return;
      if (state.allocationId !== payload.allocationId) state.acknowledged = [];
      state.allocationId = payload.allocationId;
      state.refused = {};
    },
    /** The preview was refused: `fieldErrors` of its error, shown beside the fields of steps 1 and 2. */
    previewRefused: (state, action: PayloadAction<Record<string, string>>) => {
      state.refused = action.payload;
    },
    warningsAcknowledged: (state, action: PayloadAction<string[]>) => {
      state.acknowledged = action.payload;
    },
    commitSent: (state, action: PayloadAction<SentCommit & { allocationId: string }>) => {
      const { allocationId, ...sent } = action.payload;
      state.sent[allocationId] = sent;
    },
    commitAnswered: (state, action: PayloadAction<string>) => {
      delete state.sent[action.payload];
    },
    comparisonMade: (state, action: PayloadAction<string>) => {
      state.comparisonId = action.payload;
    },
    draftCleared: (state) => ({
      ...emptyDraft,
      owner: state.owner,
      sent: state.sent,
      revision: state.revision + 1,
    }),
    draftReplaced: (state, action: PayloadAction<Partial<Draft>>) => {
      const { size = null, price: override = null, sizeKind } = action.payload;
      return {
        ...emptyDraft,
        begunAt: Date.now(),
        sizeText: size === null ? "" : sizeKind === "percent_of_nav" ? plain(size * 100) : face(size),
        priceText: override === null ? "" : plain(override),
        ...action.payload,
        owner: state.owner,
        sent: state.sent,
        revision: state.revision + 1,
      };
    },
  },
  extraReducers: (builder) => {
    builder
      .addCase(loggedOut, () => emptyDraft)
      .addCase(sessionBegan, (state, { payload: { id } }) =>
        state.owner === null || state.owner === id ? { ...state, owner: id } : { ...emptyDraft, owner: id },
      );
  },
  selectors: { selectDraft: (state) => state },
});

export const selectPreviewRequest = createSelector([draftSlice.selectors.selectDraft], requestOf);

export const {
  draftChanged,
  orderPriced,
  parametersChanged,
  previewMade,
  previewRefused,
  warningsAcknowledged,
  commitSent,
  commitAnswered,
  comparisonMade,
  draftCleared,
  draftReplaced,
} = draftSlice.actions;
export const { selectDraft } = draftSlice.selectors;
export default draftSlice;
