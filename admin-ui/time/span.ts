const UNITS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const;

/** A span in its two largest units, such as "2 hr, 14 min". Negative spans count as none. */
export function spanInWords(milliseconds: number): string {
  let seconds = Math.max(0, Math.round(milliseconds / 1000));
  const parts: string[] = [];
  for (const [unit, size] of UNITS) {
    const count = Math.floor(seconds / size);
    seconds -= count * size;
    if (count > 0) parts.push(new Intl.NumberFormat('en', { style: 'unit', unit, unitDisplay: 'short' }).format(count));
    // After the largest unit only the one below it says anything: "1 day, 3 sec" would be noise.
    if (parts.length > 0 && (parts.length === 2 || count === 0)) break;
  }
  return parts.length === 0 ? '0 sec' : parts.join(', ');
}
