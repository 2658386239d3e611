import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { Malformed } from '#evidence/malformed.ts';
import { generateSigner, printSigner } from '#evidence/signer-key.ts';
import { COSIGNATURE, printVerifierKey, SIGNATURE } from '#evidence/verifier-key.ts';
import { Sentence } from '../sentence.ts';
import { ownedFile } from '../setup/owned-files.ts';

/** Adds `ceremony log|witness|export`: a new key into a file of mode 0600, its verifier key on the screen to be written into the minutes. */
export function ceremonyCommand(program: Command): void {
  const ceremony = program.command('ceremony').description('make the keys of the evidence log and of witnesses');
  for (const [role, type, what] of [
    ['log', SIGNATURE, 'the log: its name is the origin, a URL without a scheme'],
    ['witness', COSIGNATURE, 'a witness: never the same key for two'],
    ['export', SIGNATURE, 'whoever exports bundles'],
  ] as const) {
    ceremony
      .command(role)
      .description(`a new key for ${what}`)
      .addOption(new Option('--name <name>', 'name of the key, such as log.example.bank/evidence').makeOptionMandatory())
      .addOption(new Option('--out <file>', 'where the key goes; it must not be there yet').makeOptionMandatory())
      .action(({ name, out }: { name: string; out: string }) => makeKey(name, resolve(out), type));
  }
}

function makeKey(name: string, file: string, type: typeof SIGNATURE | typeof COSIGNATURE): void {
  if (existsSync(file)) throw new Sentence(`${file} is there already, and a key is never replaced in place. Name another file.`);
  try {
    const signer = generateSigner(name, type);
    ownedFile(file, printSigner(signer));
    console.log(
      `Key      ${file} (mode 0600)\nVerifier ${printVerifierKey(signer.verifier)}\nWrite the verifier key into the minutes and into every trust policy: once the one here names it, the next start leaves a leaf of it.`,
    );
  } catch (error) {
    if (error instanceof Malformed) throw new Sentence(`${error.message}. Choose another --name.`);
    throw error;
  }
}
