import type { Transaction } from '#db';
import type { VerifierDeps } from './deps.ts';
import { TYPED, type Purpose, type Typed } from './typed.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * What a person typed, or undefined when nothing usable is there: the row is gone or too old, was sealed for something
 * else or by somebody else, or holds what its purpose does not allow. Never throws for its content, which is why a
 * failure can quote nothing.
 */
export async function openTyped<P extends Purpose>(
  deps: Pick<VerifierDeps, 'db' | 'opener'>,
  purpose: P,
  id: string,
  subject: string,
): Promise<Typed<P> | undefined> {
  if (!UUID.test(id)) return undefined;
  const db: Transaction = deps.db;
  const opened = await deps.opener.open(db, { id, purpose, subject });
  if (opened.outcome !== 'opened') return undefined;
  try {
    const parsed = TYPED[purpose].safeParse(JSON.parse(opened.plaintext.toString('utf8')));
    return parsed.success ? (parsed.data as Typed<P>) : undefined; // the schema of this purpose has just made it
  } catch {
    return undefined;
  } finally {
    opened.plaintext.fill(0);
  }
}
