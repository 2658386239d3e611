import { z } from 'zod';

/** Durations are written as people say them (`10m`, `24h`); the policy holds seconds. */
export const duration = z
  .string()
  .regex(/^\d+\s?(s|m|h|d)$/, 'write a number and a unit: 90s, 10m, 24h or 7d')
  .transform((text) => Number.parseInt(text, 10) * { s: 1, m: 60, h: 3600, d: 86_400 }[text.slice(-1) as 's' | 'm' | 'h' | 'd']); // the pattern above leaves only these four
