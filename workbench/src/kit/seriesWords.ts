/** A line of a chart: a value for each date, null where there is none. */
export interface Series {
  name: string;
  values: readonly (number | null)[];
}

/** What a chart of lines over dates shows, for who does not see it: first, last, lowest and highest of each line. */
export function seriesWords(
  title: string,
  dates: readonly string[],
  series: readonly Series[],
  format: (value: number) => string,
): string {
  const first = dates[0];
  if (first === undefined) return `${title}: no dates.`;
  const lines = series.map(({ name, values }) => {
    const known = values.filter((value) => value !== null);
    const [begin, end] = [known[0], known.at(-1)];
    if (begin === undefined || end === undefined) return `${name}: no values`;
    let [low, high] = [begin, begin];
    for (const value of known) {
      if (value < low) low = value;
      if (value > high) high = value;
    }
    return `${name} from ${format(begin)} to ${format(end)}, between ${format(low)} and ${format(high)}`;
  });
  return `${title}, ${first} to ${dates.at(-1)}. ${lines.join("; ")}.`;
}
