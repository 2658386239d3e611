import { createHmac } from 'node:crypto';
import { codeFromBytes, RECOVERY_CODE_SYMBOLS } from '#domain/codes.ts';

/**
 * The ticket on the letter of one account: 100 bits of HMAC-SHA-256 under a seed of 256 random bits, of which 20 lie in the
 * open to find the row. API and verifier each make it from the seed that the API sealed to the verifier, so no ticket goes through a history or a table.
 */
export function ticketOfLetter(seed: string, campaign: string, account: string): string {
  const bytes = createHmac('sha256', Buffer.from(seed, 'base64url')).update(`letter\n${campaign}\n${account}`).digest();
  return codeFromBytes(bytes.subarray(0, RECOVERY_CODE_SYMBOLS));
}
