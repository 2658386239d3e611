import type { Entry } from 'ldapts';

/** One entry, read without surprises: an attribute that is absent is undefined or empty, never ldapts' truthy `[]`. */
export type EntryReader = {
  dn: string;
  text: (name: string) => string | undefined;
  texts: (name: string) => string[];
  number: (name: string) => number;
  /** Large integers (FILETIME, intervals) do not fit a number. Absent is 0. */
  big: (name: string) => bigint;
  bytes: (name: string) => Buffer | undefined;
  allBytes: (name: string) => Buffer[];
  /** Names of the attributes that came, for `member;range=0-999`. */
  names: string[];
};

export function entryReader(entry: Entry): EntryReader {
  const values = (name: string): (string | Buffer)[] => {
    const value = entry[name];
    if (value === undefined) return [];
    return Array.isArray(value) ? value : [value];
  };
  const texts = (name: string) => values(name).map((value) => (typeof value === 'string' ? value : value.toString('utf8')));
  const allBytes = (name: string) => values(name).map((value) => (typeof value === 'string' ? Buffer.from(value, 'utf8') : value));
  return {
    dn: entry.dn,
    texts,
    allBytes,
    text: (name) => texts(name)[0],
    bytes: (name) => allBytes(name)[0],
    number: (name) => Number(texts(name)[0] ?? 0),
    big: (name) => BigInt(texts(name)[0] ?? 0),
    names: Object.keys(entry),
  };
}

/** objectGUID as lower-case text; the first three fields are little-endian (MS-DTYP 2.3.4). */
export function guidText(bytes: Buffer): string {
  if (bytes.length !== 16) throw new RangeError('an objectGUID has 16 bytes');
  const hex = (slice: Buffer) => slice.toString('hex');
  const reversed = (from: number, to: number) => hex(Buffer.from(bytes.subarray(from, to)).reverse());
  return [reversed(0, 4), reversed(4, 6), reversed(6, 8), hex(bytes.subarray(8, 10)), hex(bytes.subarray(10))].join('-');
}

/** The base of a search or the target of a write that survives renaming, and needs no escaping. Throws for anything but a GUID's text. */
export function guidDn(guid: string): string {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(guid)) throw new RangeError('not an objectGUID');
  return `<GUID=${guid}>`;
}

/** A security identifier as text (MS-DTYP 2.4.2). */
export function sidText(bytes: Buffer): string {
  const parts = [`S-${bytes.readUInt8(0)}-${bytes.readUIntBE(2, 6)}`];
  for (let index = 0; index < bytes.readUInt8(1); index++) parts.push(String(bytes.readUInt32LE(8 + 4 * index)));
  return parts.join('-');
}
