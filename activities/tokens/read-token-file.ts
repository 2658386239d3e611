import { lookAtPskc, readPskc } from './pskc.ts';
import { readTokenCsv } from './token-csv.ts';
import type { LookedAt, ReadTokens, ToRead } from './token-file.ts';

/** Looks at a file without its key: what opens it, and how many tokens it has. Throws FileRefused. */
export function lookAtTokenFile({ text, reading }: ToRead): LookedAt {
  if (reading.format === 'pskc') return lookAtPskc(text, reading);
  const { tokens, leftOut } = readTokenCsv(text, reading.mapping);
  for (const { secret } of tokens) secret.fill(0);
  return { openedBy: 'digest', packages: tokens.length + leftOut.length };
}

/** Reads all tokens of a file. Throws FileRefused. */
export function readTokenFile({ text, reading, key }: ToRead, now: Date): ReadTokens {
  return reading.format === 'pskc' ? readPskc(text, reading, key, now) : readTokenCsv(text, reading.mapping);
}
