import { lazy, Suspense } from "react";
import { Loading } from "../states";
import type DataGrid from "./DataGrid";
import type { DataGridProps } from "./DataGrid";

// `lazy` forgets that the grid is generic in its rows.
const Grid = lazy(() => import("./DataGrid")) as unknown as typeof DataGrid;

/** The grid, loaded when it is first shown, with its place held meanwhile. */
export function LazyGrid<Row>(props: DataGridProps<Row>) {
  return (
    <Suspense fallback={<Loading label={props.label} height={props.height ?? 240} />}>
      <Grid<Row> {...props} />
    </Suspense>
  );
}
