import type { SignedRecord } from '#domain/attestation.ts';
import { BREAK_GLASS_TAG, breakGlassLines, breakGlassStatement } from '#domain/break-glass-statement.ts';
import { shownText } from '#domain/decision-statement.ts';
import { canonical } from '#evidence/jcs.ts';
import { commitment } from '#evidence/leaf.ts';
import type { Committed } from '#prisma/leaves.ts';
import type { Transaction } from '#db';
import type { BreakGlassAsked } from './break-glass.ts';
import { openCeremony } from './ceremony.ts';
import { isKnown, resetShown, type Unconfirmed } from './decision-now.ts';
import type { VerifierDeps } from './deps.ts';
import { checkAssertion, passkeysOf, refusalOf, signedRecord } from './passkeys.ts';
import type { Said } from './statements.ts';
import type { Typed } from './typed.ts';

export interface Signing {
  asked: BreakGlassAsked;
  /** What the officer sealed, when it is about just this. */
  typed: Typed<'break-glass'> | undefined;
  said: Said;
  officers: number;
}

/** The officer's own signature over the statement that this process puts together itself, or why it does not count. */
export async function signBreakGlass(
  tx: Transaction,
  deps: VerifierDeps,
  { asked, typed, said, officers }: Signing,
): Promise<{ credential: string; consumed: string; signed: SignedRecord; shown: Committed } | Unconfirmed> {
  const row = await tx.breakGlass.findUnique({ where: { resetId: asked.reset }, select: { id: true } });
  const { officer: account, unwitnessed } = asked;
  const ceremony = row && typed && (await openCeremony(tx, { ceremony: typed.ceremony, account, purpose: `break-glass/${row.id}` }));
  if (!row || !typed || !ceremony || !(await isKnown(tx, typed.evidence))) return { refusal: 'ceremony-over' };
  const lines = breakGlassLines(await resetShown(tx, asked, said), { officers, unwitnessed });
  const shown = { value: shownText(lines), salt: Buffer.from(typed.salt, 'base64') };
  const { policy, rule } = said.identified;
  const text = canonical(
    breakGlassStatement({
      breakGlass: row.id,
      reset: asked.reset,
      run: asked.run,
      account: asked.account,
      operation: said.operation,
      officer: account,
      unwitnessed,
      reason: asked.reason,
      policy: { sha256: policy, rule: rule ?? '' },
      shown: commitment(shown.value, shown.salt),
      nonce: ceremony.ceremony,
      notAfter: ceremony.notAfter,
      evidence: typed.evidence,
    }),
  );
  const passkeys = await passkeysOf(tx, deps, account);
  if (!passkeys.some(({ disabledAt }) => disabledAt === null)) return { refusal: 'passkey-needed' };
  const asserted = await checkAssertion(tx, deps, passkeys, {
    tag: BREAK_GLASS_TAG,
    text,
    assertion: typed.assertion,
    from: typed.source,
  });
  if ('fault' in asserted) return { refusal: refusalOf(asserted.fault), fault: asserted.fault };
  const { passkey } = asserted;
  const signed = signedRecord(deps, passkey, { text, assertion: typed.assertion });
  return { credential: passkey.id, consumed: ceremony.consumed, signed, shown };
}
