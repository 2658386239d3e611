import { createDecipheriv, createHmac, createSecretKey, pbkdf2Sync, timingSafeEqual, type KeyObject } from 'node:crypto';
import type { OpenedBy, TokenFault } from '#domain/token.ts';
import { PSKC, XENC, XENC11, XMLDSIG } from './pskc-names.ts';
import { FileRefused } from './token-file.ts';
import { base64Of, childNamed, childOf, childrenOf, type XmlElement } from './xml-elements.ts';

/** A million rounds take half a second: a file may not hold a thread for longer than people wait. */
const MOST_ROUNDS = 2_000_000;
const HASHES: Record<string, string> = {
  'hmac-sha1': 'sha1',
  'hmac-sha224': 'sha224',
  'hmac-sha256': 'sha256',
  'hmac-sha384': 'sha384',
  'hmac-sha512': 'sha512',
};

/** Why one encrypted value does not open. */
export class Closed extends Error {
  readonly fault: TokenFault;
  constructor(fault: TokenFault) {
    super(fault);
    this.fault = fault;
  }
}

export interface ContainerKey {
  encryption: KeyObject;
  mac: { hash: string; key: KeyObject } | undefined;
}

/** What has to be brought to open a container (RFC 6030 §6). Throws FileRefused for a certificate's key and whatever else cannot be given here. */
export function openedBy(container: XmlElement): OpenedBy {
  const named = childOf(container, PSKC, 'EncryptionKey');
  if (!named) return 'digest';
  if (childrenOf(named, XENC11, 'DerivedKey').length === 1) return 'passphrase';
  if (childOf(named, XMLDSIG, 'KeyName') && named.children.length === 1) return 'pre-shared-key';
  throw new FileRefused('key-method');
}

/**
 * The keys of a container. `brought`: hexadecimal digits of a pre-shared key (§6.1), or a passphrase (§6.2, PBKDF2 of RFC
 * 8018). The key of the MACs lies in the container, encrypted by the first (§6.1.1); where it does not, the first is used.
 * Throws FileRefused; `key-wrong` when the key of the MACs does not open by it.
 */
export function containerKey(container: XmlElement, brought: string): ContainerKey {
  const encryption = createSecretKey(openedBy(container) === 'passphrase' ? derived(container, brought) : preShared(brought));
  const method = childOf(container, PSKC, 'MACMethod');
  if (!method) return { encryption, mac: undefined };
  const hash = HASHES[method.attributes['Algorithm']?.split('#').at(-1) ?? ''];
  if (!hash) throw new FileRefused('mac-method');
  const wrapped = childOf(method, PSKC, 'MACKey');
  if (!wrapped) return { encryption, mac: { hash, key: encryption } };
  try {
    return { encryption, mac: { hash, key: createSecretKey(decrypt(wrapped, encryption)) } };
  } catch {
    throw new FileRefused('key-wrong');
  }
}

function preShared(brought: string): Buffer {
  const digits = brought.replace(/\s+/g, '');
  if (!/^(?:[0-9a-fA-F]{32}|[0-9a-fA-F]{48}|[0-9a-fA-F]{64})$/.test(digits)) throw new FileRefused('key-shape');
  return Buffer.from(digits, 'hex');
}

function derived(container: XmlElement, passphrase: string): Buffer {
  const method = childNamed(childOf(childOf(container, PSKC, 'EncryptionKey'), XENC11, 'DerivedKey'), 'KeyDerivationMethod');
  const parameters = childNamed(method, 'PBKDF2-params');
  const salt = base64Of(childNamed(childNamed(parameters, 'Salt'), 'Specified'));
  const rounds = wholeNumber(childNamed(parameters, 'IterationCount')) ?? 0;
  const length = wholeNumber(childNamed(parameters, 'KeyLength')) ?? 16;
  const prf = childNamed(parameters, 'PRF');
  const named = (prf?.attributes['Algorithm'] ?? prf?.text.trim() ?? '').split('#').at(-1)?.toLowerCase() ?? '';
  const hash = named === '' ? 'sha1' : HASHES[named];
  const isTaken = /#pbkdf2$/i.test(method?.attributes['Algorithm'] ?? '') && [16, 24, 32].includes(length);
  if (!isTaken || !hash || salt.length < 8 || rounds < 1 || rounds > MOST_ROUNDS) throw new FileRefused('key-derivation');
  return pbkdf2Sync(passphrase, salt, rounds, length, hash);
}

function wholeNumber(element: XmlElement | undefined): number | undefined {
  const text = element?.text.trim();
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

/**
 * The value of an encrypted element with its MAC beside it. AES-CBC shows nothing of a change by itself, and a decryption
 * that fails tells about the key: so a MAC has to be there, and is checked over the ciphertext before anything is decrypted
 * (§6.1.1). Key wrap (RFC 3394, RFC 5649) checks itself; a MAC beside it is checked all the same. Throws Closed.
 */
export function openValue(encrypted: XmlElement, beside: XmlElement | undefined, { encryption, mac }: ContainerKey): Buffer {
  if (beside) {
    if (!mac) throw new Closed('mac-missing');
    const said = base64Of(beside);
    const expected = createHmac(mac.hash, mac.key).update(cipherOf(encrypted).value).digest();
    if (said.length !== expected.length || !timingSafeEqual(said, expected)) throw new Closed('mac-wrong');
  } else if (!cipherOf(encrypted).method.includes('kw-aes')) throw new Closed('mac-missing');
  return decrypt(encrypted, encryption);
}

function cipherOf(encrypted: XmlElement): { method: string; value: Buffer } {
  return {
    method: childOf(encrypted, XENC, 'EncryptionMethod')?.attributes['Algorithm'] ?? '',
    value: base64Of(childOf(childOf(encrypted, XENC, 'CipherData'), XENC, 'CipherValue')),
  };
}

/** AES-CBC and key wrap with and without padding (XML Encryption 1.1 §5.2.2, §5.6.3). */
function decrypt(encrypted: XmlElement, key: KeyObject): Buffer {
  const { method, value } = cipherOf(encrypted);
  const cbc = /^http:\/\/www\.w3\.org\/2001\/04\/xmlenc#aes(128|192|256)-cbc$/.exec(method)?.[1];
  const wrap = /^http:\/\/www\.w3\.org\/2001\/04\/xmlenc#kw-aes(128|192|256)$/.exec(method)?.[1];
  const padded = /^http:\/\/www\.w3\.org\/2009\/xmlenc11#kw-aes-(128|192|256)-pad$/.exec(method)?.[1];
  const bits = cbc ?? wrap ?? padded;
  if (bits === undefined || (key.symmetricKeySize ?? 0) * 8 !== Number(bits)) throw new Closed('cipher');
  try {
    if (cbc) return finished(createDecipheriv(`aes-${cbc}-cbc`, key, value.subarray(0, 16)), value.subarray(16));
    if (wrap) return finished(createDecipheriv(`id-aes${wrap}-wrap`, key, Buffer.alloc(8, 0xa6)), value);
    return finished(createDecipheriv(`id-aes${padded}-wrap-pad`, key, Buffer.from('a65959a6', 'hex')), value);
  } catch {
    throw new Closed('seed-unreadable');
  }
}

function finished(decipher: ReturnType<typeof createDecipheriv>, value: Buffer): Buffer {
  return Buffer.concat([decipher.update(value), decipher.final()]);
}
