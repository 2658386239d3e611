import { printCheckpoint } from '#evidence/checkpoint.ts';
import { printNote, signText } from '#evidence/signed-note.ts';
import { generateSigner } from '#evidence/signer-key.ts';
import type { Signer } from '#evidence/signer-key.ts';
import { COSIGNATURE, printVerifierKey, SIGNATURE } from '#evidence/verifier-key.ts';

/** A bank's log with three witnesses, and a fourth that its policy does not know. */
export const origin = 'bank.example/log';
export const log = generateSigner(origin, SIGNATURE);
export const audit = generateSigner('audit.example/w', COSIGNATURE);
export const soc = generateSigner('soc.example/w', COSIGNATURE);
export const site = generateSigner('dr.example/w', COSIGNATURE);
export const guest = generateSigner('guest.example/w', COSIGNATURE);

export const key = ({ verifier }: Signer): string => printVerifierKey(verifier);
export const witnesses = `witness audit ${key(audit)} https://audit.example/\nwitness soc ${key(soc)}\nwitness dr ${key(site)}\n`;
export const twoOfThree = `log ${key(log)} https://bank.example/log/\n${witnesses}group any-two 2 audit soc dr\nquorum any-two\n`;
export const now = 1_790_000_000n;

/** A checkpoint signed by the log and cosigned by these, each so many seconds before now. */
export function cosignedNote(cosigners: readonly (readonly [Signer, number])[], signers = [log]): string {
  const text = printCheckpoint({ origin, size: 9n, root: Buffer.alloc(32, 1) });
  return printNote({
    text,
    signatures: [
      ...signers.map((signer) => signText(text, signer)),
      ...cosigners.map(([signer, ago]) => signText(text, signer, now - BigInt(ago))),
    ],
  });
}
