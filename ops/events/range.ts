import { leafEvent } from '#audit/leaf-event.ts';
import { readDecimal } from '#evidence/wire-text.ts';
import type { Held } from '../live-audit/pass.ts';
import { Sentence } from '../sentence.ts';
import type { TrustedLog } from './trusted-log.ts';

/** An end of a range: an index, or a time by the leaves' own clocks. */
export type End = { readonly index: bigint } | { readonly time: Date };

/** Digits are an index, anything else is a time. Throws a sentence. */
export function readEnd(option: string, text: string): End {
  const index = readDecimal(text);
  if (index !== undefined) return { index };
  const time = new Date(text);
  if (/^\d+$/.test(text) || Number.isNaN(time.getTime()))
    throw new Sentence(`${option} is an index such as 812 or a time such as 2026-11-01T00:00Z, not ${text}.`);
  return { time };
}

/**
 * The indexes from which and before which leaves are asked for. Clocks of several hosts differ by moments while indexes
 * have one order, so a range of time goes from the first leaf in it to the last, and leaves out none between.
 */
export function rangeOf(log: TrustedLog, under: Held, since: End | undefined, until: End | undefined): { from: bigint; to: bigint } {
  const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);
  let from = least(since && 'index' in since ? since.index : 0n, under.size);
  let to = least(until && 'index' in until ? until.index : under.size, under.size);
  const [start, end] = [since && 'time' in since ? since.time : undefined, until && 'time' in until ? until.time : undefined];
  if (!start && !end) return { from, to };
  let [first, last]: [bigint | undefined, bigint | undefined] = [undefined, undefined];
  for (const { index, bytes } of log.leaves(under, from)) {
    if (index >= to) break;
    const { at } = leafEvent(under.origin, index, bytes);
    if (at === undefined) continue;
    if (first === undefined && (!start || new Date(at) >= start)) first = index;
    if (!end || new Date(at) < end) last = index;
  }
  if (start) from = first ?? to;
  if (end) to = last === undefined ? from : last + 1n;
  return { from, to };
}
