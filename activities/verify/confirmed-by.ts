import { DECISION_TAG } from '#domain/decision-statement.ts';
import type { Transaction } from '#db';
import { byCard } from './by-card.ts';
import { statementNow, type Confirmed, type Confirming, type Signature, type Unconfirmed } from './decision-now.ts';
import type { VerifierDeps } from './deps.ts';
import { byOwnCode } from './own-code.ts';
import { checkAssertion, passkeysOf, refusalOf, signedRecord } from './passkeys.ts';

/** By what the approver themselves confirmed their decision, or why it is not confirmed. */
export async function confirmedBy(tx: Transaction, deps: VerifierDeps, of: Confirming): Promise<Confirmed | Unconfirmed> {
  const { typed, methods, asked, policy } = of;
  const whose = { account: asked.approver, subject: asked.reset, policy };
  if (!typed) return byOwnCode(tx, deps, whose, undefined);
  if ('totp' in typed.by) return methods.includes('totp') ? byOwnCode(tx, deps, whose, typed.by.totp) : { refusal: 'passkey-needed' };
  if ('card' in typed.by) return methods.includes('smart-card') ? byCard(tx, deps, of, typed.by.card) : { refusal: 'card-not-taken' };
  return methods.includes('passkey') ? bySignature(tx, deps, of, typed.by) : { refusal: 'passkey-not-accepted' };
}

async function bySignature(tx: Transaction, deps: VerifierDeps, of: Confirming, by: Signature): Promise<Confirmed | Unconfirmed> {
  const now = await statementNow(tx, of, by, (approval) => `decision/${approval}`);
  if (!now) return { refusal: 'ceremony-over' };
  const { text, consumed, shown } = now;
  const passkeys = await passkeysOf(tx, deps, of.asked.approver);
  if (!passkeys.some(({ disabledAt }) => disabledAt === null)) return { refusal: 'passkey-needed' };
  const asserted = await checkAssertion(tx, deps, passkeys, {
    tag: DECISION_TAG,
    text,
    assertion: by.assertion,
    from: of.typed?.source,
  });
  if ('fault' in asserted) return { refusal: refusalOf(asserted.fault), fault: asserted.fault };
  const { passkey } = asserted;
  const signed = signedRecord(deps, passkey, { text, assertion: by.assertion });
  return { method: 'passkey', credential: passkey.id, consumed, signed, shown };
}
