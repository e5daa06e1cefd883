import { lazy, Suspense } from "react";
import { Loading } from "../states";
import type DataGrid from "./DataGrid";
import type { DataGridProps } from "./DataGrid";

// `lazy` forgets that the grid is generic in its rows.
const Grid = lazy(() => import("./DataGrid")) as unknown as typeof DataGrid;

/** Height of the bar above a grid, with its margin. */
const BAR_HEIGHT = 39;

/** Height of a grid with its bar, so that nothing moves when it comes. */
function heightOf<Row>({ height = 240, toolbar, layout }: DataGridProps<Row>): number | string {
  return typeof height === "number" && (toolbar || layout) ? height + BAR_HEIGHT : height;
}

/** The grid, loaded when it is first shown, with its place held meanwhile. */
export function LazyGrid<Row>(props: DataGridProps<Row>) {
  return (
    <Suspense fallback={<Loading label={props.label} height={heightOf(props)} />}>
      <Grid<Row> {...props} />
    </Suspense>
  );
}
