import { Button } from "@mui/material";
import { Link } from "react-router-dom";
import { problemOf } from "../api/problems";
import { Empty, ErrorNote } from "./states";

/** Why what an address names is not shown. The service makes no difference between what is not there and what is hidden. */
export function NotRead({
  what,
  error,
  onRetry,
  all,
}: {
  /** Such as "order". */
  what: string;
  error: unknown;
  onRetry: () => void;
  /** The page of all of them. */
  all: { to: string; label: string };
}) {
  if (problemOf(error)?.status !== 404)
    return <ErrorNote error={error} onRetry={onRetry} title={`The ${what} cannot be read`} />;
  return (
    <Empty
      title={`There is no such ${what}`}
      action={
        <Button component={Link} to={all.to}>
          {all.label}
        </Button>
      }
    >
      Or it is of a portfolio group that you may not see.
    </Empty>
  );
}
