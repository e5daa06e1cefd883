import { lazy, Suspense } from "react";
import { Loading } from "../states";
import type DataGrid from "./DataGrid";
import type { DataGridProps } from "./DataGrid";

// `lazy` forgets that the grid is generic.
const Grid = lazy(() => import("./DataGrid")) as unknown as typeof DataGrid;

/** The grid, loaded when a page first shows one: AG Grid is in nobody's first load. */
export function LazyGrid<Row>(props: DataGridProps<Row>) {
  return (
    <Suspense fallback={<Loading label={`Loading ${props.label}`} height={props.height} />}>
      <Grid<Row> {...props} />
    </Suspense>
  );
}
