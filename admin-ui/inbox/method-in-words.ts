import { words } from '../words.ts';
import type { useSay } from '../say.ts';

const METHODS = words.cs.method;

/** A proof or factor in words; one that this console does not know yet is shown by its name. */
export function methodInWords(method: string, say: ReturnType<typeof useSay>): string {
  return Object.hasOwn(METHODS, method) ? say(`method.${method as keyof typeof METHODS}`) : method; // checked on the same line
}
