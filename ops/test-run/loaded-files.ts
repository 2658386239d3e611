import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** An import that is there when the program runs; one of types alone is erased before. */
const STATIC = /^(?:import|export)\s+(?!type\s)(?:[\w\s{},*$]*?\sfrom\s+)?'([^']+)'/gm;
const DYNAMIC = /\bimport\(\s*'([^']+)'/g;

const known = new Map<string, readonly string[]>();

function imports(file: string): readonly string[] {
  const before = known.get(file);
  if (before) return before;
  const text = readFileSync(file, 'utf8');
  const { resolve } = createRequire(file);
  const found = [STATIC, DYNAMIC]
    .flatMap((one) => [...text.matchAll(one)].map(([, specifier = '']) => specifier))
    .filter((specifier) => /^[#.].*\.ts$/.test(specifier))
    .map((specifier) => resolve(specifier));
  known.set(file, found);
  return found;
}

/** Every TypeScript file of this checkout that the program in this file loads, itself included. Throws when one is missing. */
export function loadedFiles(file: string): ReadonlySet<string> {
  const all = new Set([file]);
  // A set that grows while it is gone through shows what was added, too.
  for (const one of all) for (const next of imports(one)) all.add(next);
  return all;
}
