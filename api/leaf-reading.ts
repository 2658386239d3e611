import { z } from 'zod';

/** The parts of a leaf's text that the console shows in words; the whole text stands beside them for auditors. */
const leafBody = z.looseObject({
  do: z.record(z.string(), z.unknown()).optional(),
  wf: z.looseObject({ attempt: z.string().optional(), update: z.string().optional() }).optional(),
});
export type LeafBody = z.infer<typeof leafBody>;

/** Reads a leaf's canonical text. A text that is no leaf (a row written by hand) reads as an empty one. */
export function readLeaf(text: string): LeafBody {
  try {
    return leafBody.parse(JSON.parse(text));
  } catch {
    return {};
  }
}

/** A text field of a leaf's `do`. */
export function fact(body: LeafBody, name: string): string | undefined {
  const value = body.do?.[name];
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : undefined;
}
