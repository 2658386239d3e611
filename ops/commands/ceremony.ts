import { existsSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { signRotation } from '#evidence/key-rotation.ts';
import { Malformed } from '#evidence/malformed.ts';
import { generateSigner, printSigner } from '#evidence/signer-key.ts';
import { COSIGNATURE, printVerifierKey, SIGNATURE } from '#evidence/verifier-key.ts';
import { Sentence } from '../sentence.ts';
import { ownedFile } from '../setup/owned-files.ts';
import { signerIn } from '../signer-in-file.ts';

/** What becomes of the verifier key. */
const TRUST_POLICY =
  'Write the verifier key into the minutes and into every trust policy: once the one here names it, the next start leaves a leaf of it.';
const PUBLISHER =
  'Write the verifier key into the minutes. Where its lists are to count: countersign banned-passwords trust <verifier key>';

/**
 * Adds `ceremony log|witness|export|banned-passwords`, a new key into a file of mode 0600, its verifier key on the screen to be written into
 * the minutes; and `ceremony rotate`, where both keys of a rotation sign that one follows the other.
 */
export function ceremonyCommand(program: Command): void {
  const ceremony = program.command('ceremony').description('make the keys of the evidence log and of witnesses');
  for (const [role, type, what, where] of [
    ['log', SIGNATURE, 'the log: its name is the origin, a URL without a scheme', TRUST_POLICY],
    ['witness', COSIGNATURE, 'a witness: never the same key for two', TRUST_POLICY],
    ['export', SIGNATURE, 'whoever exports bundles', TRUST_POLICY],
    ['banned-passwords', SIGNATURE, 'whoever publishes lists of banned passwords', PUBLISHER],
  ] as const) {
    ceremony
      .command(role)
      .description(`a new key for ${what}`)
      .addOption(new Option('--name <name>', 'name of the key, such as log.example.bank/evidence').makeOptionMandatory())
      .addOption(new Option('--out <file>', 'where the key goes; it must not be there yet').makeOptionMandatory())
      .action(({ name, out }: { name: string; out: string }) => makeKey(name, resolve(out), type, where));
  }
  ceremony
    .command('rotate')
    .description('have an old and a new key sign that the one follows the other')
    .addOption(new Option('--old <file>', 'the key so far').makeOptionMandatory())
    .addOption(new Option('--new <file>', 'the key from now on, made by this command under the same name').makeOptionMandatory())
    .addOption(new Option('--out <file>', 'where the signed note goes').makeOptionMandatory())
    .action(({ old, new: fresh, out }: { old: string; new: string; out: string }) => rotate(old, fresh, resolve(out)));
}

function rotate(oldFile: string, freshFile: string, out: string): void {
  if (existsSync(out)) throw new Sentence(`${out} is there already. Name another file.`);
  const [old, fresh] = [signerIn(oldFile), signerIn(freshFile)];
  try {
    writeFileSync(out, signRotation(old, fresh, BigInt(Math.floor(Date.now() / 1000))), { flag: 'wx' });
  } catch (error) {
    if (error instanceof Malformed) throw new Sentence(`These keys cannot follow each other: ${error.message}.`);
    throw error;
  }
  console.log(`${out}\nCarry it to the host of the log, and there: countersign keys record-rotation <file> --role log|witness|export`);
}

function makeKey(name: string, file: string, type: typeof SIGNATURE | typeof COSIGNATURE, where: string): void {
  if (existsSync(file)) throw new Sentence(`${file} is there already, and a key is never replaced in place. Name another file.`);
  try {
    const signer = generateSigner(name, type);
    ownedFile(file, printSigner(signer));
    console.log(`Key      ${file} (mode 0600)\nVerifier ${printVerifierKey(signer.verifier)}\n${where}`);
  } catch (error) {
    if (error instanceof Malformed) throw new Sentence(`${error.message}. Choose another --name.`);
    throw error;
  }
}
