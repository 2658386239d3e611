import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isCardSignature, signedBytes, type CardAlgorithm } from '#evidence/card-signature.ts';
import { readCertificate, type Certificate } from '#evidence/certificate.ts';
import { Sentence } from '../sentence.ts';

export interface Card {
  /** The PKCS#11 module of the card; OpenSC's own when none is named. */
  module?: string;
  token?: string;
  /** Which certificate, when the card holds several: its id, hexadecimal. */
  id?: string;
}

export interface CardSignature {
  algorithm: CardAlgorithm;
  certificate: string;
  signature: string;
}

/**
 * Has a card sign a text, through OpenSC's pkcs11-tool, which asks for the PIN on the terminal: this process never holds it. Throws a Sentence when there is no
 * card, when it holds several certificates and none was named, or when what came back is not a signature by that certificate.
 */
export async function signWithCard(card: Card, tag: string, text: string): Promise<CardSignature> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-sign-'));
  try {
    const { id, certificate } = await certificateOn(card, folder);
    const { algorithm, mechanism, input } = wayOf(certificate, signedBytes(tag, text));
    const [given, made] = [join(folder, 'input'), join(folder, 'signature')];
    writeFileSync(given, input, { mode: 0o600 });
    const files = ['--input-file', given, '--output-file', made];
    const format = mechanism === 'ECDSA' ? ['--signature-format', 'openssl'] : [];
    if ((await tool(card, ['--login', '--sign', '--id', id, '--mechanism', mechanism, ...format, ...files], 'inherit')).code !== 0)
      throw new Sentence('The card did not sign. Check the PIN: most cards lock after three wrong ones.');
    const signature = readFileSync(made);
    if (!isCardSignature(certificate.key, { algorithm, tag, text, signature }))
      throw new Sentence('What the card made is no signature by the certificate on it, so nothing was given out.');
    return { algorithm, certificate: certificate.der.toString('base64'), signature: signature.toString('base64url') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function certificateOn(card: Card, folder: string): Promise<{ id: string; certificate: Certificate }> {
  const { code, said } = await tool(card, ['--list-objects', '--type', 'cert'], 'ignore');
  const ids = [...said.matchAll(/^\s+ID:\s+([0-9a-f]+)$/gm)].map(([, id]) => id ?? '');
  if (code !== 0 || ids.length === 0)
    throw new Sentence('No card with a certificate was found. Put it in the reader, or name its module with --module.');
  const id = card.id ?? (ids.length === 1 ? ids[0] : undefined);
  if (id === undefined || !ids.includes(id))
    throw new Sentence(`The card holds these certificates; name one with --id:\n${said.trimEnd()}`);
  const file = join(folder, 'certificate');
  await tool(card, ['--read-object', '--type', 'cert', '--id', id, '--output-file', file], 'ignore');
  return { id, certificate: readCertificate(readFileSync(file)) };
}

/** Cards that hash for themselves are rare and slow: elliptic curves sign a digest, and RSA what pkcs11-tool pads. */
function wayOf({ key }: Certificate, bytes: Buffer): { algorithm: CardAlgorithm; mechanism: string; input: Buffer } {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  const digest = (hash: string) => createHash(hash).update(bytes).digest();
  if (type === 'rsa') return { algorithm: 'rsa-pkcs1-sha256', mechanism: 'SHA256-RSA-PKCS', input: bytes };
  if (details?.namedCurve === 'prime256v1') return { algorithm: 'ecdsa-p256-sha256', mechanism: 'ECDSA', input: digest('sha256') };
  if (details?.namedCurve === 'secp384r1') return { algorithm: 'ecdsa-p384-sha384', mechanism: 'ECDSA', input: digest('sha384') };
  throw new Sentence('The key on this card is of a kind that is not taken: RSA, P-256 or P-384.');
}

function tool({ module, token }: Card, args: string[], terminal: 'inherit' | 'ignore'): Promise<{ code: number | null; said: string }> {
  const named = [...(module === undefined ? [] : ['--module', module]), ...(token === undefined ? [] : ['--token-label', token])];
  return new Promise((resolve, reject) => {
    const child = spawn('pkcs11-tool', [...named, ...args], { stdio: [terminal, terminal === 'inherit' ? 'inherit' : 'pipe', terminal] });
    let said = '';
    child.stdout?.on('data', (part: Buffer) => (said += part.toString('utf8')));
    child.on('error', () => reject(new Sentence('pkcs11-tool is missing. Install OpenSC (on Debian: apt-get install opensc).')));
    child.on('close', (code) => resolve({ code, said }));
  });
}
