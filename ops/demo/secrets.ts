import { randomBytes, randomInt } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { codeFromBytes, RECOVERY_CODE_SYMBOLS } from '#domain/codes.ts';
import { Sentence } from '#ops/sentence.ts';
import { people } from './people.ts';
import { passwordWords } from './password-words.ts';

/** What only the person would have. All of it is random and of this installation; recovery codes are in the order of their use. */
const personSecrets = z.strictObject({
  account: z.string(),
  password: z.string(),
  /** 20 bytes, base32 without padding (RFC 4226 recommends 160 bits). */
  totpSecret: z.string(),
  /** As domain/codes.ts makes them. */
  recoveryCodes: z.array(z.string()),
  /** How many of the codes `demo recovery-code` has handed out. */
  recoveryCodesGiven: z.int().min(0),
});
const peopleFile = z.strictObject({ people: z.array(personSecrets) });

export type DemoSecrets = z.infer<typeof personSecrets>;

/** Makes fresh secrets for everybody in the demo bank. */
export function makeDemoSecrets(): DemoSecrets[] {
  return people.map((person) => ({
    account: person.account,
    password: readablePassword(),
    totpSecret: base32(randomBytes(20), 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'),
    recoveryCodes: Array.from({ length: 10 }, () => codeFromBytes(randomBytes(RECOVERY_CODE_SYMBOLS))),
    recoveryCodesGiven: 0,
  }));
}

/** Four words of 256 and four digits, 45 bits: fit for a demo, and accepted by a policy of 14 characters and three categories. */
export function readablePassword(): string {
  const words = Array.from({ length: 4 }, () => passwordWords[randomInt(passwordWords.length)]!);
  const first = words[0]!;
  return `${first[0]!.toUpperCase()}${[first.slice(1), ...words.slice(1)].join('-')}-${randomInt(1000, 10_000)}`;
}

function base32(bytes: Buffer, alphabet: string): string {
  let bits = '';
  for (const byte of bytes) bits += byte.toString(2).padStart(8, '0');
  return bits
    .match(/.{5}/g)!
    .map((five) => alphabet[Number.parseInt(five, 2)]!)
    .join('');
}

function fileOf(stateDir: string): string {
  return join(stateDir, 'demo', 'people.json');
}

/** The demo's people with their secrets. Refuses, in a sentence, when this state folder has no demo. */
export function readDemoPeople(stateDir: string): DemoSecrets[] {
  const file = fileOf(stateDir);
  if (!existsSync(file))
    throw new Sentence(
      'This run has no demo bank: it was started with a directory of your own. The demo commands exist only after a plain `npm start`.',
    );
  return peopleFile.parse(JSON.parse(readFileSync(file, 'utf8'))).people;
}

/** Stores the demo's secrets, 0600, whole or not at all. */
export function writeDemoPeople(stateDir: string, secrets: readonly DemoSecrets[]): void {
  const file = fileOf(stateDir);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  chmodSync(dirname(file), 0o700);
  const next = `${file}.${process.pid}.new`;
  writeFileSync(next, `${JSON.stringify({ people: secrets }, null, 2)}\n`, { mode: 0o600 });
  renameSync(next, file);
}
