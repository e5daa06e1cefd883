export interface Period {
  from: string;
  to: string;
}

export interface Preset extends Period {
  label: string;
}

const MONTHS_OF = { month: 1, quarter: 3, year: 12 } as const;

function iso(year: number, month: number, day: number): string {
  return new Date(Date.UTC(year, month, day)).toISOString().slice(0, 10);
}

/** Whole months, quarters and years around a day (YYYY-MM-DD): this one and the one before. */
export function presets(today: string): Preset[] {
  const year = Number(today.slice(0, 4));
  const month = Number(today.slice(5, 7)) - 1;
  return (["month", "quarter", "year"] as const).flatMap((unit) => {
    const months = MONTHS_OF[unit];
    const first = month - (month % months);
    return [0, 1].map((back) => ({
      label: `${back === 0 ? "This" : "Last"} ${unit}`,
      from: iso(year, first - back * months, 1),
      to: iso(year, first - back * months + months, 0),
    }));
  });
}

/** What is wrong with a period; undefined where nothing is. */
export function periodProblem({ from, to }: Period): string | undefined {
  if (!from || !to) return "Give both days.";
  return from > to ? "The last day lies before the first." : undefined;
}
