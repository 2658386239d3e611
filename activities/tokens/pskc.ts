import { MOST_DRIFT, MOST_TOKENS, SEED_BYTES, type LeftOut, type TokenFault } from '#domain/token.ts';
import { Closed, containerKey, openedBy, openValue, type ContainerKey } from './pskc-key.ts';
import { PSKC } from './pskc-names.ts';
import { isSigned, signedContainer } from './pskc-signature.ts';
import { FileRefused, type LookedAt, type ReadToken, type ReadTokens } from './token-file.ts';
import { base64Of, childOf, childrenOf, Misshapen, readXml, type XmlElement } from './xml-elements.ts';

export interface PskcReading {
  /** Whether seeds that are not encrypted are taken. */
  plain: boolean;
  /** Certificate (PEM) of whoever has to have signed it, or null when it may not be signed. */
  signer: string | null;
}

/** Looks at a key container (RFC 6030) without its key. Throws FileRefused when it would be refused whole, whatever the key. */
export function lookAtPskc(text: string, reading: PskcReading): LookedAt {
  const container = containerOf(text, reading);
  return { openedBy: openedBy(container), packages: childrenOf(container, PSKC, 'KeyPackage').length };
}

/**
 * The tokens of a key container, and which were left out and why: one bad package leaves the others alone. `brought`: what
 * openedBy says; undefined when seeds lie in the open. Throws FileRefused.
 */
export function readPskc(text: string, reading: PskcReading, brought: string | undefined, now: Date): ReadTokens {
  const container = containerOf(text, reading);
  const isEncrypted = openedBy(container) !== 'digest';
  if (isEncrypted && brought === undefined) throw new FileRefused('key-needed');
  const key = isEncrypted ? withShape(() => containerKey(container, brought ?? '')) : undefined;
  const tokens: ReadToken[] = [];
  const leftOut: LeftOut[] = [];
  const seen = new Set<string>();
  for (const [index, packed] of childrenOf(container, PSKC, 'KeyPackage').entries()) {
    const at = index + 1;
    try {
      const token = { at, ...tokenOf(packed, key, now) };
      const name = `${token.manufacturer}\n${token.serial}`;
      if (seen.has(name)) throw new Closed('serial-twice');
      seen.add(name);
      tokens.push(token);
    } catch (error) {
      leftOut.push({ at, serial: serialForReport(packed), fault: faultOf(error) });
    }
  }
  const isClosed = leftOut.length > 1 && leftOut.every(({ fault }) => fault === 'mac-wrong' || fault === 'seed-unreadable');
  if (tokens.length === 0 && isClosed) throw new FileRefused('key-wrong');
  return { tokens, leftOut };
}

function containerOf(text: string, { plain, signer }: PskcReading): XmlElement {
  const read = readXml(text);
  if (read.ns !== PSKC || read.name !== 'KeyContainer' || read.attributes['Version'] !== '1.0') throw new FileRefused('not-pskc');
  if (signer === null && isSigned(read)) throw new FileRefused('signer-needed');
  if (signer !== null && !isSigned(read)) throw new FileRefused('signature-missing');
  const container = signer === null ? read : signedContainer(text, read, signer);
  const packages = childrenOf(container, PSKC, 'KeyPackage').length;
  if (packages === 0) throw new FileRefused('no-tokens');
  if (packages > MOST_TOKENS) throw new FileRefused('too-large');
  if (withShape(() => openedBy(container)) === 'digest' && !plain) throw new FileRefused('plain-seeds');
  return container;
}

/** Outside a package something that stands twice spoils the whole file. */
function withShape<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof Misshapen) throw new FileRefused('not-pskc');
    throw error;
  }
}

function tokenOf(packed: XmlElement, key: ContainerKey | undefined, now: Date): Omit<ReadToken, 'at'> {
  const device = childOf(packed, PSKC, 'DeviceInfo');
  const held = childOf(packed, PSKC, 'Key');
  if (!held) throw new Misshapen();
  const kind = /^urn:ietf:params:xml:ns:keyprov:pskc:(hotp|totp)$/.exec(held.attributes['Algorithm'] ?? '')?.[1];
  const parameters = childOf(held, PSKC, 'AlgorithmParameters');
  const algorithm = algorithmOf(childOf(parameters, PSKC, 'Suite')?.text ?? 'HMAC-SHA1');
  if (!kind || !algorithm) throw new Closed('algorithm');
  const data = childOf(held, PSKC, 'Data');
  const number = (name: string) => numberIn(childOf(data, PSKC, name));
  const period = kind === 'hotp' ? null : (number('TimeInterval') ?? 30);
  if (period !== null && period !== 30 && period !== 60) throw new Closed('period');
  const drift = kind === 'hotp' ? 0 : (number('TimeDrift') ?? 0);
  return {
    manufacturer: nameOf(childOf(device, PSKC, 'Manufacturer')),
    serial: serialOf(childOf(device, PSKC, 'SerialNo')),
    algorithm,
    digits: digitsOf(childOf(parameters, PSKC, 'ResponseFormat')),
    period,
    expires: expiryOf(device, childOf(held, PSKC, 'Policy'), now),
    counter: kind === 'hotp' ? counterOf(number('Counter') ?? 0) : 0,
    drift: Math.max(-MOST_DRIFT, Math.min(MOST_DRIFT, drift)),
    secret: seedOf(childOf(data, PSKC, 'Secret'), key),
  };
}

function seedOf(secret: XmlElement | undefined, key: ContainerKey | undefined): Buffer {
  const plain = childOf(secret, PSKC, 'PlainValue');
  const encrypted = childOf(secret, PSKC, 'EncryptedValue');
  if ((plain === undefined) === (encrypted === undefined)) throw new Closed('seed-missing');
  // A plain seed in a file that names a key was put there by somebody who does not know that key.
  if (plain && key) throw new Closed('seed-plain');
  if (encrypted && !key) throw new Closed('cipher');
  const seed = encrypted && key ? openValue(encrypted, childOf(secret, PSKC, 'ValueMAC'), key) : base64Of(plain);
  if (seed.length < SEED_BYTES.least || seed.length > SEED_BYTES.most) throw new Closed('seed-length');
  return seed;
}

/** The suite is free text: HMAC-SHA256, HMAC-SHA-256, hmac_sha256. */
function algorithmOf(suite: string): ReadToken['algorithm'] | undefined {
  const named = /^(?:HMAC)?SHA(1|256|512)$/.exec(suite.toUpperCase().replace(/[^A-Z0-9]/g, ''))?.[1];
  return named === undefined ? undefined : named === '1' ? 'sha1' : named === '256' ? 'sha256' : 'sha512';
}

function digitsOf(format: XmlElement | undefined): ReadToken['digits'] {
  const { Encoding: encoding, Length: length, CheckDigits: check = 'false' } = format?.attributes ?? {};
  const digits = Number(length);
  if (encoding !== 'DECIMAL' || !/^(?:false|0)$/.test(check) || (digits !== 6 && digits !== 7 && digits !== 8)) throw new Closed('digits');
  return digits;
}

function numberIn(element: XmlElement | undefined): number | undefined {
  if (!element) return undefined;
  const text = childOf(element, PSKC, 'PlainValue')?.text.trim() ?? '';
  if (!/^-?\d{1,15}$/.test(text)) throw new Closed('counter');
  return Number(text);
}

function counterOf(counter: number): number {
  if (counter < 0) throw new Closed('counter');
  return counter;
}

/** RFC 6030 §5: what is not understood of a policy forbids the use. A PIN that the token itself asks for is the token's business. */
function expiryOf(device: XmlElement | undefined, policy: XmlElement | undefined, now: Date): Date | null {
  const known = ['StartDate', 'ExpiryDate', 'PINPolicy', 'KeyUsage'];
  const usages = childrenOf(policy, PSKC, 'KeyUsage').map(({ text }) => text.trim());
  const pin = childOf(policy, PSKC, 'PINPolicy')?.attributes['PINUsageMode'] ?? 'Local';
  const isUsable =
    (policy?.children ?? []).every(({ ns, name }) => ns === PSKC && known.includes(name)) &&
    (usages.length === 0 || usages.includes('OTP')) &&
    pin === 'Local';
  const moments = (name: string) => [device, policy].flatMap((of) => momentOf(childOf(of, PSKC, name)));
  if (!isUsable || moments('StartDate').some((start) => start > now.getTime())) throw new Closed('policy');
  const ends = moments('ExpiryDate');
  if (ends.length === 0) return null;
  const end = Math.min(...ends);
  if (end <= now.getTime()) throw new Closed('expired');
  return new Date(end);
}

function momentOf(element: XmlElement | undefined): number[] {
  if (!element) return [];
  const moment = Date.parse(element.text.trim());
  if (Number.isNaN(moment)) throw new Misshapen();
  return [moment];
}

const SERIAL = /^[\x21-\x7E]{1,64}$/;

function serialOf(element: XmlElement | undefined): string {
  const serial = element?.text.trim() ?? '';
  if (!SERIAL.test(serial)) throw new Closed('serial-missing');
  return serial;
}

function nameOf(element: XmlElement | undefined): string {
  const name = element?.text.trim() ?? '';
  if (!/^[^\p{C}]{0,64}$/u.test(name)) throw new Misshapen();
  return name;
}

function serialForReport(packed: XmlElement): string {
  const serial = childrenOf(childrenOf(packed, PSKC, 'DeviceInfo')[0], PSKC, 'SerialNo')[0]?.text.trim() ?? '';
  return SERIAL.test(serial) ? serial : '';
}

function faultOf(error: unknown): TokenFault {
  if (error instanceof Closed) return error.fault;
  if (error instanceof Misshapen) return 'damaged';
  throw error;
}
