import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { PinnedPublishers } from '#domain/policy-publication.ts';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const schema = z.strictObject({
  policies: z.array(sha256),
  publishers: z.array(z.strictObject({ account: z.uuid(), spki: sha256 })),
});

/** This process's own copy of who may publish policies. Throws when it is missing or has another shape: then no policy counts. */
export function readPinnedPublishers(file: string): PinnedPublishers {
  return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
}
