import { createHash } from 'node:crypto';
import { z } from 'zod';
import { DECISION_TAG, shownText } from '#domain/decision-statement.ts';
import { shortDigest } from '#evidence/card-signature.ts';
import { canonical, type Json } from '#evidence/jcs.ts';
import { commitment } from '#evidence/leaf.ts';
import { readDecision } from '#prisma/decision-text.ts';
import { Sentence } from '../sentence.ts';

/** What the decision page gives to be signed with a card. */
const file = z.strictObject({
  countersign: z.literal('to-sign'),
  v: z.literal(1),
  statement: z.record(z.string(), z.unknown()),
  shown: z.array(z.string()),
  salt: z.base64(),
  reason: z.string(),
  reasonSalt: z.string(),
});

export interface ToSign {
  /** The statement's RFC 8785 text. */
  text: string;
  nonce: string;
  /** What the card's owner has to read before they type a PIN. */
  inWords: string[];
}

/**
 * Reads what the page gave, and tells in words what would be signed. The words come from the file, and only after looking that the statement commits to just
 * them: throws a Sentence when it says anything else.
 */
export function readToSign(content: string): ToSign {
  const parsed = file.safeParse(json(content));
  if (!parsed.success) throw new Sentence('This is no file of the decision page. Get a new one there, and sign it within fifteen minutes.');
  const { statement, shown, salt, reason, reasonSalt } = parsed.data;
  const text = canonical(statement as Json); // canonical() refuses whatever is no JSON
  const said = readDecision(text);
  if (!said) throw new Sentence('What this file asks to sign is no decision, so nothing was signed.');
  const digest = createHash('sha256')
    .update(`${reasonSalt}\n${reason.normalize('NFC')}`)
    .digest('hex');
  if (said.shown !== commitment(shownText(shown), Buffer.from(salt, 'base64')) || said.reason !== digest)
    throw new Sentence('What this file shows is not what it asks to sign, so nothing was signed. Tell the security office.');
  const inWords = [
    ...shown,
    `Request code: ${said.requestCode}.`,
    `Your decision: ${said.decision === 'approve' ? 'APPROVE' : 'DENY'}.`,
    `Your reason: ${reason}`,
    `Good until ${said.notAfter}.`,
    `Digest: ${shortDigest(DECISION_TAG, text)}`,
  ];
  return { text, nonce: said.nonce, inWords: [...new Set(inWords)].map(printable) };
}

/** Characters that would move the cursor could show other words than were signed. */
function printable(line: string): string {
  return line.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\u{fffd}');
}

function json(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return undefined;
  }
}
