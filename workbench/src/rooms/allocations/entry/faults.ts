import { array, type InferType, mixed, number, object, string } from "yup";
import type { Desk, SecurityHit, Side } from "../../../api/generated/api";
import { readDate } from "../../../kit/dates";
import { face } from "../../../kit/format";
import { type QuantityRules, settledQuantity } from "../../../kit/quantity";
import { deskRules, wantsConfirmation } from "../../../kit/quantityRules";
import type { Draft, SizeKind } from "../draftSlice";
import { readPercent, readPrice } from "./numbers";

/** What the fields of step 1 are judged by. */
export interface EntryLimits {
  desk: Desk | undefined;
  businessDate: string | undefined;
  /** Face of the order as the server priced it; null where it has not. */
  pricedFace: number | null;
}

/** What a size must be: a sale may take a position with odd pieces and cents of face whole. */
export function sizeRules(
  kind: SizeKind,
  side: Side,
  security: Pick<SecurityHit, "min_denomination" | "increment"> | null,
): Omit<QuantityRules, "m"> {
  if (kind === "notional") return { decimals: 2 };
  if (side === "SELL") return { decimals: 2 };
  return { minimum: security?.min_denomination, increment: security?.increment };
}

type Size = Pick<Draft, "security" | "side" | "sizeKind" | "sizeText" | "size" | "confirmedFace">;

/** The face that an order comes to, as far as that is known. */
export function knownFace(
  values: Pick<Draft, "sizeKind" | "size">,
  pricedFace: number | null,
): number | null {
  return values.sizeKind === "quantity" ? values.size : pricedFace;
}

function sizeFault(values: Size, { desk, pricedFace }: EntryLimits): string | null {
  if (values.sizeText.trim() === "") return "Type a size.";
  if (values.sizeKind === "percent_of_nav") {
    const reading = readPercent(values.sizeText);
    if (reading.kind === "FAULT") return reading.message;
  } else {
    const rules = sizeRules(values.sizeKind, values.side, values.security);
    const reading = settledQuantity(
      values.sizeText,
      values.size,
      deskRules(rules, desk, values.sizeKind === "quantity"),
    );
    if (reading.kind === "FAULT") return reading.message;
    if (reading.kind === "ASK")
      return `Say which is meant: ${face(reading.small)} or ${face(reading.large)}.`;
  }
  const comesTo = knownFace(values, pricedFace);
  if (comesTo !== null && desk?.max_quantity != null && comesTo > desk.max_quantity)
    return `This comes to ${face(comesTo)} face; one order may have ${face(desk.max_quantity)}.`;
  if (wantsConfirmation(comesTo, desk) && values.confirmedFace !== comesTo)
    return `Confirm the size of ${face(comesTo)}: it is above the desk's warning size.`;
  return null;
}

function dateFault(typed: string, businessDate: string | undefined): string | null {
  if (typed.trim() === "") return null;
  if (readDate(typed) === null) return "Type a date as YYYY-MM-DD, or nothing for standard settlement.";
  if (businessDate !== undefined && typed < businessDate)
    return `The settlement date lies before the business date ${businessDate}.`;
  return null;
}

/** The fields of step 1, in the order of the page. */
export const entrySchema = object({
  security: mixed<SecurityHit>()
    .nullable()
    .defined()
    .test("chosen", "Choose a bond.", (value) => !!value),
  side: mixed<Side>().required(),
  sizeKind: mixed<SizeKind>().required(),
  size: number().nullable().defined(),
  confirmedFace: number().nullable().defined(),
  sizeText: string()
    .defined()
    .test((_value, { parent, options, createError }) => {
      const message = sizeFault(parent as Size, options.context as EntryLimits);
      return message === null || createError({ message });
    }),
  settlementDate: string()
    .defined()
    .test((value, { options, createError }) => {
      const message = dateFault(value, (options.context as EntryLimits).businessDate);
      return message === null || createError({ message });
    }),
  priceText: string()
    .defined()
    .test((value, { createError }) => {
      const reading = readPrice(value);
      return reading.kind !== "FAULT" || createError({ message: reading.message });
    }),
  groups: array(string().required()).required().min(1, "Choose at least one group."),
});

export type EntryValues = InferType<typeof entrySchema>;

export function valuesOf(draft: Draft): EntryValues {
  const { security, side, sizeKind, size, confirmedFace, sizeText, priceText, groups } = draft;
  const settlementDate = draft.settlementDate ?? "";
  return { security, side, sizeKind, size, confirmedFace, sizeText, settlementDate, priceText, groups };
}

/** What step 1 changes in the draft; texts that mean nothing certain become null, and the faults say so. */
export function draftOf(
  values: EntryValues,
): Omit<EntryValues, "settlementDate"> & Pick<Draft, "settlementDate" | "price"> {
  const price = readPrice(values.priceText);
  return {
    ...values,
    settlementDate: values.settlementDate.trim() || null,
    price: price.kind === "VALUE" ? price.value : null,
  };
}

/** The fields of the draft that the form's values change. */
export function changesOf(draft: Draft, values: EntryValues): Partial<ReturnType<typeof draftOf>> {
  const differs = ([field, value]: [string, unknown]) =>
    JSON.stringify(value) !== JSON.stringify(draft[field as keyof Draft]);
  return Object.fromEntries(Object.entries(draftOf(values)).filter(differs));
}

const ERRORS_OF = ["security", "sizeText", "settlementDate", "priceText", "groups"] as const;

/** All faults of the order of a draft, in the order of the fields; empty where the next step may be opened. */
export function entryFaults(draft: Draft, limits: EntryLimits): string[] {
  const found: string[] = [];
  for (const field of ERRORS_OF) {
    try {
      entrySchema.validateSyncAt(field, valuesOf(draft), { context: limits });
    } catch (error) {
      if (error instanceof Error) found.push(error.message);
    }
  }
  return found;
}
