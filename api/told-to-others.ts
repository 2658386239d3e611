import type { Database } from '#db';
import { toldAt, whomKey } from '#domain/telling.ts';
import { toldInWords } from '#domain/telling-words.ts';
import { isTerminal } from '#domain/reset-state.ts';
import { policyVersion } from '#prisma/policies.ts';
import type { HeldReset } from './held-reset.ts';

/**
 * Who besides the claimant is told how a reset ended, in words for the claimant: whoever was, or, as long as they are being
 * told, whom its policy names. Null when nobody else is, and as long as it has not ended.
 */
export async function toldToOthers(db: Database, { id, state, policySha256, ruleId, protectedBy }: HeldReset): Promise<string | null> {
  if (!isTerminal(state)) return null;
  const telling = await db.telling.findUnique({ where: { resetId_moment: { resetId: id, moment: 'ended' } } });
  const frozen = telling && policySha256 !== null ? await policyVersion(db, policySha256) : undefined;
  const rule = frozen?.policy.rules.find((one) => one.id === ruleId);
  if (!telling || !rule) return null;
  const named = toldAt(rule, state === 'done' ? 'changed' : 'unchanged', protectedBy !== null).map(whomKey);
  if (telling.doneAt === null) return toldInWords(named, 'are being told');
  const messages = await db.message.findMany({ where: { resetId: id, moment: 'ended' }, select: { toldBy: true } });
  const told = new Set(messages.flatMap(({ toldBy }) => toldBy));
  return toldInWords(
    named.filter((key) => told.has(key)),
    'were told',
  );
}
