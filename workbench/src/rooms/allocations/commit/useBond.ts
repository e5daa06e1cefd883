import { useGetSecurityQuery } from "../../../api/generated/api";

/** Description and currency of a bond; its CUSIP until they are read. */
export function useBond(securityId: string): { description: string; currency: string } {
  const { currentData } = useGetSecurityQuery({ securityId });
  return { description: currentData?.description ?? securityId, currency: currentData?.currency ?? "" };
}
