/**
 * RFC 8785, JSON Canonicalization Scheme: members sorted by UTF-16 code units, ES6 number form, no white space, UTF-8.
 * Stricter than most libraries on purpose: `undefined`, lone surrogates, numbers that are not safe integers and values
 * that JSON does not know are refused, since a leaf that drops or bends a value is no evidence.
 */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** The canonical text of a value. Throws TypeError on anything that RFC 8785 or the rules above do not allow. */
export function canonical(value: Json): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'number') {
    // 64-bit numbers travel as decimal strings; a double beyond 2^53 would lose digits.
    if (!Number.isSafeInteger(value)) throw new TypeError('a number in evidence must be a safe integer; write larger ones as text');
    return String(value);
  }
  if (Array.isArray(value)) return `[${value.map((item: Json) => canonical(item)).join(',')}]`;
  if (typeof value === 'object') {
    const entries = Object.entries(value as Record<string, Json>).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    return `{${entries.map(([key, item]) => `${quoted(key)}:${canonical(item)}`).join(',')}}`;
  }
  throw new TypeError(`${typeof value} has no place in evidence`);
}

function quoted(text: string): string {
  if (!text.isWellFormed()) throw new TypeError('a lone surrogate has no place in evidence');
  return JSON.stringify(text);
}
