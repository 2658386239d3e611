/**
 * As much of Node's Buffer as evidence/ uses, for a browser: the readers of formats there are then the only ones, also
 * here. Bytes with `toString` and `from` in UTF-8, base64, base64url and hex; numbers big-endian.
 */
export class WebBuffer extends Uint8Array {
  override toString(encoding: string = 'utf8'): string {
    if (encoding === 'utf8') return new TextDecoder('utf-8', { ignoreBOM: true }).decode(this);
    if (encoding === 'hex') return [...this].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    const base64 = btoa([...this].map((byte) => String.fromCharCode(byte)).join(''));
    if (encoding === 'base64') return base64;
    if (encoding === 'base64url') return base64.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
    throw new RangeError(`no such encoding here: ${encoding}`);
  }

  equals(other: Uint8Array): boolean {
    return compare(this, other) === 0;
  }

  readUInt32BE(at = 0): number {
    return new DataView(this.buffer, this.byteOffset, this.byteLength).getUint32(at);
  }

  readBigUInt64BE(at = 0): bigint {
    return new DataView(this.buffer, this.byteOffset, this.byteLength).getBigUint64(at);
  }
}

function compare(a: Uint8Array, b: Uint8Array): number {
  for (let at = 0; at < Math.min(a.length, b.length); at++) if (a[at] !== b[at]) return (a[at] ?? 0) < (b[at] ?? 0) ? -1 : 1;
  return Math.sign(a.length - b.length);
}

function from(value: string | ArrayLike<number>, encoding: string = 'utf8'): WebBuffer {
  if (typeof value !== 'string') return new WebBuffer(value);
  if (encoding === 'utf8') return new WebBuffer(new TextEncoder().encode(value));
  if (encoding === 'hex') return new WebBuffer((value.match(/[0-9a-f]{2}/gi) ?? []).map((byte) => Number.parseInt(byte, 16)));
  // Node skips what is no base64; whoever reads strictly writes the bytes again and compares, and finds these to be none.
  const base64 = value.replaceAll('-', '+').replaceAll('_', '/');
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(base64)) return new WebBuffer(0);
  try {
    return new WebBuffer(Array.from(atob(base64), (byte) => byte.charCodeAt(0)));
  } catch {
    return new WebBuffer(0);
  }
}

function concat(parts: readonly Uint8Array[]): WebBuffer {
  const whole = new WebBuffer(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export const WEB_BUFFER = Object.assign(WebBuffer, { from, concat, compare, alloc: (length: number) => new WebBuffer(length) });

// Before the modules of evidence/ are evaluated: they know it as a global. Node has its own.
(globalThis as { Buffer?: unknown }).Buffer ??= WEB_BUFFER;
