import { createGrid, type GridApi, type GridOptions, type ManagedGridOptions } from "ag-grid-community";
import { useEffect, useRef } from "react";

/**
 * AG Grid without its React package, which makes a component of every row and cell that is scrolled into sight. Options that change are handed on; those that cannot change have to stay the same.
 */
export function PlainGrid<Row>({ options }: { options: GridOptions<Row> }) {
  const place = useRef<HTMLDivElement>(null);
  const grid = useRef<{ api: GridApi<Row>; given: GridOptions<Row> } | null>(null);
  const latest = useRef(options);
  latest.current = options;
  useEffect(() => {
    if (!place.current) return;
    const api = createGrid<Row>(place.current, latest.current);
    grid.current = { api, given: latest.current };
    return () => {
      grid.current = null;
      api.destroy();
    };
  }, []);
  useEffect(() => {
    if (!grid.current) return;
    const { api, given } = grid.current;
    const names = Object.keys({ ...given, ...options }) as (keyof GridOptions<Row>)[];
    const changed = names.filter((name) => given[name] !== options[name]);
    grid.current.given = options;
    if (changed.length > 0)
      api.updateGridOptions(
        Object.fromEntries(changed.map((name) => [name, options[name]])) as ManagedGridOptions<Row>,
      );
  });
  return <div ref={place} style={{ height: "100%" }} />;
}
