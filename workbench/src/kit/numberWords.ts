const SMALL = [
  "zero",
  "one",
  "two",
  "three",
  "four",
  "five",
  "six",
  "seven",
  "eight",
  "nine",
  "ten",
  "eleven",
  "twelve",
  "thirteen",
  "fourteen",
  "fifteen",
  "sixteen",
  "seventeen",
  "eighteen",
  "nineteen",
];
const TENS = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
const SCALES = ["", "thousand", "million", "billion", "trillion"];

function belowThousand(value: number): string {
  if (value < 20) return SMALL[value] ?? "";
  if (value < 100) {
    const ones = value % 10;
    return `${TENS[Math.floor(value / 10)]}${ones > 0 ? `-${SMALL[ones]}` : ""}`;
  }
  const rest = value % 100;
  return `${SMALL[Math.floor(value / 100)]} hundred${rest > 0 ? ` ${belowThousand(rest)}` : ""}`;
}

/** A number of at least 0 in English words: 12,500,000 is "twelve million five hundred thousand"; hundredths as "and 50/100". */
export function numberInWords(value: number): string {
  const hundredths = Math.round(value * 100);
  const whole = Math.floor(hundredths / 100);
  const parts: string[] = [];
  let rest = whole;
  for (const scale of SCALES) {
    const group = rest % 1000;
    if (group > 0) parts.unshift(`${belowThousand(group)}${scale && ` ${scale}`}`);
    rest = Math.floor(rest / 1000);
  }
  const fraction = hundredths % 100;
  return `${parts.join(" ") || "zero"}${fraction > 0 ? ` and ${fraction}/100` : ""}`;
}
