import { useCallback, useMemo } from "react";
import { useSearchParams } from "react-router-dom";

/**
 * Filters of a page, kept in its address: a link shows the same. An empty value is no filter.
 */
export function useUrlFilters<Name extends string>(names: readonly Name[]) {
  const [search, setSearch] = useSearchParams();
  const text = search.toString();
  const filters = useMemo(() => {
    const params = new URLSearchParams(text);
    return Object.fromEntries(names.map((name) => [name, params.get(name) ?? ""])) as Record<Name, string>;
  }, [text, names]);
  const change = useCallback(
    (changes: Partial<Record<Name, string>>) =>
      setSearch(
        () => {
          // Not what was last drawn: of two changes in a row the first one may not be drawn yet.
          const next = new URLSearchParams(window.location.search);
          for (const [name, value] of Object.entries<string | undefined>(changes)) {
            if (value) next.set(name, value);
            else next.delete(name);
          }
          return next;
        },
        { replace: true },
      ),
    [setSearch],
  );
  return [filters, change] as const;
}
