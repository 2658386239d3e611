import { MAX_PASSWORD_LENGTH } from '#domain/password-rules.ts';

/**
 * Three kinds of characters, never three letters or digits beside each other: no name of an account or a person can be a part of it, whatever the
 * directory counts as one (MS "Password must meet complexity requirements").
 */
const BEGINS = 'A/a/7/';
/** Sixteen signs, for four bits each. None of them may stand in a sAMAccountName or is rare on either side of a filter, but `!`, `(` and `)`. */
const SIGNS = '/[]:;|=,+*?<>!()';
const LABEL = 'countersign throw-away password v1';

/**
 * The password that nobody knows, made of the secret under which the chosen one was sealed: 484 bits of it. Kept nowhere; after a crash the writer makes the
 * same one again, so that a bind can tell whether a lost write was ours, and with the sealed value the last way to it is erased.
 * As long as a password may be here, so that it satisfies every rule of length that the chosen one can.
 */
export async function throwAwayPassword(derive: (label: string, bytes: number) => Promise<Buffer>): Promise<string> {
  const signs = MAX_PASSWORD_LENGTH - BEGINS.length;
  const secret = await derive(LABEL, Math.ceil(signs / 2));
  try {
    const text = [...secret].map((byte) => `${SIGNS[byte >> 4]}${SIGNS[byte & 15]}`).join('');
    return `${BEGINS}${text}`.slice(0, MAX_PASSWORD_LENGTH);
  } finally {
    secret.fill(0);
  }
}
