import { useEffect, useRef } from "react";
import {
  useGetSystemStatusQuery,
  useListAlertsQuery,
  useListAllocationsQuery,
  useListJobsQuery,
  useListOrdersQuery,
} from "../api/generated/api";
import { selectUser } from "../session/sessionSlice";
import { usePermission } from "../session/usePermission";
import { useAppDispatch, useAppSelector } from "../store";
import { noticed } from "./noticesSlice";
import {
  alertNotices,
  approvalNotices,
  decisionNotices,
  jobNotices,
  orderNotices,
  stopNotices,
  type Told,
} from "./watch";

const POLLED = { pollingInterval: 5_000, skipPollingIfUnfocused: true };
/** The service itself looks every 15 s. */
const ALERTS_POLLED = { pollingInterval: 15_000, skipPollingIfUnfocused: true };
const MOST = 200;
const MOST_JOBS = 20;

/** Tells of a new answer what it says beside the one before. */
function useTold<Answer>(
  answer: Answer | undefined,
  told: (before: Answer | undefined, now: Answer) => readonly Told[],
) {
  const dispatch = useAppDispatch();
  const before = useRef<Answer | undefined>(undefined);
  const compare = useRef(told);
  compare.current = told;
  useEffect(() => {
    if (answer === undefined || answer === before.current) return;
    for (const notice of compare.current(before.current, answer)) dispatch(noticed(notice));
    before.current = answer;
  }, [answer, dispatch]);
}

/** Looks for what the user wants to hear of, on every page; mounted once, in the frame. */
export function useWatch(): void {
  const username = useAppSelector(selectUser)?.username ?? "";
  const mayReadOrders = usePermission("orders:read");
  const mayRead = usePermission("allocations:read");
  const mayApprove = usePermission("allocations:approve");
  const mayCommit = usePermission("allocations:commit");
  const { data: orders } = useListOrdersQuery(
    { username, recorded: true, slices: false, limit: MOST },
    { ...POLLED, skip: !mayReadOrders || !mayCommit },
  );
  const { data: waiting } = useListAllocationsQuery(
    { status: "PENDING_APPROVAL", limit: MOST },
    { ...POLLED, skip: !mayRead || !mayApprove },
  );
  const { data: own } = useListAllocationsQuery(
    { username, limit: MOST },
    { ...POLLED, skip: !mayRead || !mayCommit },
  );
  const mayPreview = usePermission("allocations:preview");
  const { data: jobs } = useListJobsQuery(
    { limit: MOST_JOBS },
    { ...POLLED, skip: !mayPreview && !mayCommit },
  );
  const { data: alerts } = useListAlertsQuery({ state: "OPEN", limit: MOST }, ALERTS_POLLED);
  const { data: status } = useGetSystemStatusQuery();
  useTold(orders?.orders, orderNotices);
  useTold(waiting?.allocations, (before, now) => approvalNotices(before, now, username));
  useTold(own?.allocations, decisionNotices);
  useTold(jobs?.jobs, jobNotices);
  useTold(alerts?.alerts, alertNotices);
  useTold(status, stopNotices);
}
