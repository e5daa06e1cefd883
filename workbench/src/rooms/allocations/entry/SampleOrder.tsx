import { Button, Typography } from "@mui/material";
import { useState } from "react";
import {
  useGetSystemStatusQuery,
  useLazyListPortfolioGroupsQuery,
  useLazySearchSecuritiesQuery,
} from "../../../api/generated/api";
import { messageOf } from "../../../api/problems";
import { useAppDispatch } from "../../../store";
import { draftReplaced } from "../draftSlice";

const SAMPLE_BOND = "Treasury";
const SAMPLE_FACE = 5_000_000;

/** Fills an order that can be previewed, for a first look; only where orders go to the simulator. */
export function SampleOrder() {
  const { data: status } = useGetSystemStatusQuery();
  const dispatch = useAppDispatch();
  const [search] = useLazySearchSecuritiesQuery();
  const [listGroups] = useLazyListPortfolioGroupsQuery();
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  if (status && status.mode !== "mock") return null;
  const fill = async () => {
    setBusy(true);
    const [found, groups] = await Promise.all([
      search({ query: SAMPLE_BOND, limit: 1 }, true),
      listGroups(undefined, true),
    ]);
    setBusy(false);
    const bond = found.data?.securities[0];
    const group = groups.data?.portfolio_groups[0];
    if (bond && group)
      dispatch(draftReplaced({ security: bond, size: SAMPLE_FACE, groups: [group.group_id] }));
    else
      setProblem(
        found.error || groups.error
          ? messageOf(found.error ?? groups.error)
          : "The simulator has no bond or no group for a sample.",
      );
  };
  return (
    <>
      {/* Its place is held until it is known, so that what is below does not move. */}
      <Button
        variant="outlined"
        loading={busy}
        onClick={() => void fill()}
        sx={{ visibility: status ? undefined : "hidden" }}
      >
        Try a sample order
      </Button>
      <Typography variant="body2" role="status" color="error">
        {problem}
      </Typography>
    </>
  );
}
