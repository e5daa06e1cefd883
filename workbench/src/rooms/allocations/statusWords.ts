import type { AllocationStatus } from "../../api/generated/api";

/** States of an allocation in words of a desk. */
export const ALLOCATION_STATUS: Record<AllocationStatus, string> = {
  PREVIEWED: "Previewed",
  PENDING_APPROVAL: "Waits for approval",
  COMMITTING: "Being sent",
  SUBMITTED: "Sent",
  FAILED: "Failed",
  UNKNOWN: "! Outcome unknown",
  CANCELLED: "Cancelled",
  EXPIRED: "Expired",
  REJECTED: "Rejected",
};

/** Those that ask for somebody's attention have a colour as well. */
export const STATUS_COLOUR: Partial<Record<AllocationStatus, string>> = {
  PENDING_APPROVAL: "warning.main",
  UNKNOWN: "error.main",
  FAILED: "error.main",
  REJECTED: "error.main",
  SUBMITTED: "success.main",
};
