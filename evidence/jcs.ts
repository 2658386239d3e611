import { Malformed } from './malformed.ts';
import { textOf } from './wire-text.ts';

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

/**
 * Reads a text that canonical() could have written, and no other: writing the value again must give the same bytes. So a
 * member that comes twice, a lone surrogate, a number in another form, a space or members out of order are all refused,
 * and two readers can never see two values in one leaf. Throws Malformed.
 */
export function parseCanonical(input: string | Uint8Array): Json {
  const text = textOf(input);
  let value: Json;
  let again: string;
  try {
    value = JSON.parse(text) as Json; // checked by canonical() on the next line
    again = canonical(value);
  } catch (error) {
    // JSON.parse quotes what it could not read; leaves may hold what no message should repeat.
    if (error instanceof TypeError) throw new Malformed(`the text is not canonical JSON: ${error.message}`);
    throw new Malformed('the text is not JSON, or is nested too deeply');
  }
  if (again !== text) throw new Malformed('the text is JSON, but not in the form of RFC 8785');
  return value;
}

/** The same, and undefined for whatever parseCanonical refuses: for readers to whom a broken text is just no answer. */
export function canonicalOrNothing(input: string | Uint8Array): Json | undefined {
  try {
    return parseCanonical(input);
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}

function quoted(text: string): string {
  if (!text.isWellFormed()) throw new TypeError('a lone surrogate has no place in evidence');
  return JSON.stringify(text);
}
