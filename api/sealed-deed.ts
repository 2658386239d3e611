import type { Database } from '#db';
import { Refusal, type RefusalCode } from '#domain/refusals.ts';
import type { SealedContext } from '#domain/sealed.ts';
import type { ConsoleWorkflow, Engine } from './engine.ts';
import { uuidOf, type KeyedHash } from './keyed-hash.ts';
import type { Sealer } from './seal.ts';
import type { SignedIn } from './sessions.ts';

type Refused = { outcome: 'refused'; code: RefusalCode };

/**
 * Hands a deed of somebody signed in to the verifier, sealed with what confirms it. The same request again gets the first
 * outcome. `sameness`: what makes it the same one, where a password is in the value: not even a keyed hash of that is kept. Throws the verifier's refusal.
 */
export async function carryOut<Done extends { outcome: 'done' }>(
  { db, hash, sealer, engine }: { db: Database; hash: KeyedHash; sealer: Sealer; engine: Engine },
  workflow: ConsoleWorkflow,
  purpose: SealedContext['purpose'],
  { session, nonce, value, sameness = value }: { session: SignedIn; nonce: string; value: object; sameness?: object },
): Promise<Done> {
  const request = uuidOf(hash(`${purpose}-request`, session.id, nonce, JSON.stringify(sameness)));
  const sealed = await sealer.seal(db, { recipient: 'verifier', purpose, subject: request, value });
  const answer = await engine.run<Refused | Done>(workflow, `${purpose}/${request}`, {
    request,
    account: session.account,
    sealed: sealed.id,
  });
  if (answer.outcome === 'refused') throw new Refusal(answer.code);
  return answer;
}
