import { DECISION_TAG } from '#domain/decision-statement.ts';
import { canonical, type Json } from '#evidence/jcs.ts';
import type { Stated } from '../provider/data-provider.ts';
import type { Approval, DecisionCeremony } from '../records.ts';
import { asShown } from './sign-decision.ts';

/** A decision that a smart card is to sign: the file for `countersign sign`, and what the page keeps to send with what it makes. */
export interface BegunWithCard {
  file: string;
  name: string;
  digest: string;
  ceremony: string;
  salt: string;
  evidence: DecisionCeremony['statement']['evidence'];
}

/** Makes the file, after looking whether it says just what this page shows. Throws NotWhatWasShown. */
export async function beginWithCard(approval: Approval, stated: Stated, begun: DecisionCeremony): Promise<BegunWithCard> {
  await asShown(approval, stated, begun);
  const { statement, shown, salt, reasonSalt, ceremony } = begun;
  const text = canonical(statement as Json);
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`${DECISION_TAG}${text}`)));
  const hex = Array.from(bytes.subarray(0, 8), (byte) => byte.toString(16).padStart(2, '0')).join('');
  return {
    file: JSON.stringify({ countersign: 'to-sign', v: 1, statement, shown, salt, reason: stated.reason, reasonSalt }),
    name: `decision-${approval.requestCode}.json`,
    digest: hex.replace(/(....)(?=.)/g, '$1 '),
    ceremony,
    salt,
    evidence: statement.evidence,
  };
}

/** What `countersign sign` made of just this file, as it is sent; undefined for anything else. */
export function readSigned(given: string, { ceremony, salt, evidence }: BegunWithCard): object | undefined {
  try {
    const { countersign, nonce, algorithm, certificate, signature } = JSON.parse(given) as Record<string, unknown>;
    if (countersign !== 'signed' || nonce !== ceremony) return undefined;
    return { ceremony, salt, evidence, algorithm, certificate, signature };
  } catch {
    return undefined;
  }
}
