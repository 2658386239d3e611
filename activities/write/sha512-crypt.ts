import { hash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** The alphabet of crypt(3), which is not that of RFC 4648. */
const SYMBOLS = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const SIZE = 64;
/** So many rounds are made at a stretch, some milliseconds: whatever else this process does goes on in between. */
const STRETCH = 2000;

const sha512 = (...parts: readonly Uint8Array[]): Buffer => hash('sha512', Buffer.concat(parts), 'buffer');

/**
 * The `$6$` hash of a password (U. Drepper, "Unix crypt using SHA-256 and SHA-512", 0.6, 2016), which glibc's crypt(3) and SSSD's cache take; Node has none. `salt`: sixteen
 * symbols of the alphabet above. What it makes of the password on the way is filled with zeros.
 */
export async function sha512Crypt(password: Buffer, salt: string, rounds: number): Promise<string> {
  const salted = Buffer.from(salt, 'ascii');
  const b = sha512(password, salted, password);
  const parts: Uint8Array[] = [password, salted, repeated(b, password.length)];
  for (let bits = password.length; bits > 0; bits >>= 1) parts.push(bits & 1 ? b : password);
  let a = sha512(...parts);
  const p = repeated(sha512(...Array<Buffer>(password.length).fill(password)), password.length);
  const s = repeated(sha512(...Array<Buffer>(16 + (a[0] ?? 0)).fill(salted)), salted.length);
  const buffer = Buffer.alloc(SIZE + 2 * p.length + s.length);
  for (let round = 0; round < rounds; round++) {
    let at = 0;
    const add = (bytes: Buffer): void => void (at += bytes.copy(buffer, at));
    add(round & 1 ? p : a);
    if (round % 3 !== 0) add(s);
    if (round % 7 !== 0) add(p);
    add(round & 1 ? a : p);
    a = hash('sha512', buffer.subarray(0, at), 'buffer');
    if (round % STRETCH === STRETCH - 1) await nextTurn();
  }
  const made = `$6$rounds=${rounds}$${salt}$${inSymbols(a)}`;
  for (const bytes of [a, b, p, buffer]) bytes.fill(0);
  return made;
}

/** A digest over and over again, to so many bytes. */
function repeated(digest: Buffer, length: number): Buffer {
  return Buffer.alloc(length, digest);
}

/** Three bytes are four symbols, the lowest six bits first; which three, goes round by twenty-one. */
function inSymbols(digest: Buffer): string {
  const symbols = (bits: number, count: number): string =>
    Array.from({ length: count }, (_, at) => SYMBOLS[(bits >> (6 * at)) & 63]).join('');
  let text = '';
  for (let [x, y, z] = [0, 21, 42], at = 0; at < 21; at++, [x, y, z] = [y + 1, z + 1, x + 1])
    text += symbols(((digest[x] ?? 0) << 16) | ((digest[y] ?? 0) << 8) | (digest[z] ?? 0), 4);
  return text + symbols(digest[63] ?? 0, 2);
}

/** A salt of sixteen symbols, the most that crypt(3) takes, from as many random bytes. */
export function saltFrom(bytes: Uint8Array): string {
  return [...bytes].map((byte) => SYMBOLS[byte & 63]).join('');
}
