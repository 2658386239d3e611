import { Malformed } from './malformed.ts';

/**
 * Zip archives in one form only (PKWARE APPNOTE 6.3.10): stored, no extra fields, every time 1980-01-01 00:00, names in
 * order of their code units. The same files always give the same bytes, anybody's tool opens them, and of the many ways
 * in which a zip file can hide or repeat a file none can be written.
 */
export type Files = ReadonlyMap<string, Uint8Array>;

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
/** Version 1.0 to extract, no flags, stored, time 0, and the first day that the format knows. */
const COMMON = Buffer.from('0a000000000000002100', 'hex');
const LOCAL_BYTES = 30;
const MOST_FILES = 65_535;
const MOST_BYTES = 0xffff_ffff;

/** A path that every system can unpack to: no root, no way up, no empty part. */
const isSafe = (name: string): boolean => name.length <= 200 && /^(?!\.)[\w.-]+(\/(?!\.)[\w.-]+)*$/.test(name);

/** Throws RangeError for a name that cannot be unpacked everywhere, for more than 65,535 files and for 4 GiB or more. */
export function printZip(files: Files): Buffer {
  if (files.size > MOST_FILES) throw new RangeError('an archive has at most 65,535 files');
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [name, content] of [...files].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    if (!isSafe(name)) throw new RangeError(`${JSON.stringify(name)} is no name for a file in an archive`);
    const sizes = numbers([crc32(content), 4], [content.length, 4], [content.length, 4], [name.length, 2], [0, 2]);
    const local = Buffer.concat([numbers([LOCAL, 4]), COMMON, sizes, Buffer.from(name)]);
    parts.push(local, Buffer.from(content.buffer, content.byteOffset, content.length));
    directory.push(numbers([CENTRAL, 4], [10, 2]), COMMON, sizes, numbers([0, 2], [0, 2], [0, 2], [0, 4], [at, 4]), Buffer.from(name));
    at += local.length + content.length;
    if (at > MOST_BYTES) throw new RangeError('an archive has less than 4 GiB');
  }
  const central = Buffer.concat(directory);
  const end = numbers([END, 4], [0, 2], [0, 2], [files.size, 2], [files.size, 2], [central.length, 4], [at, 4], [0, 2]);
  return Buffer.concat([...parts, central, end]);
}

/** Reads what printZip writes, and nothing else: writing the files again must give the same bytes. Throws Malformed. */
export function parseZip(input: Uint8Array): Map<string, Buffer> {
  const bytes = Buffer.from(input.buffer, input.byteOffset, input.length);
  const files = new Map<string, Buffer>();
  let at = 0;
  while (at + LOCAL_BYTES <= bytes.length && bytes.readUInt32LE(at) === LOCAL) {
    const start = at + LOCAL_BYTES + bytes.readUInt16LE(at + 26);
    const end = start + bytes.readUInt32LE(at + 22);
    if (end > bytes.length) throw new Malformed('the archive was cut');
    files.set(bytes.toString('latin1', at + LOCAL_BYTES, start), bytes.subarray(start, end));
    at = end;
  }
  try {
    if (printZip(files).equals(bytes)) return files;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  throw new Malformed('the archive is not in the one form that a bundle has: it was changed, or packed again by another program');
}

/** Little-endian, each with its width in bytes. */
function numbers(...all: readonly (readonly [number, 2 | 4])[]): Buffer {
  return Buffer.concat(
    all.map(([value, width]) => {
      const bytes = Buffer.alloc(width);
      bytes.writeUIntLE(value, 0, width);
      return bytes;
    }),
  );
}

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** CRC-32 as zip has it. Our own, since node:zlib has one only from Node 20.15 on and verify.mjs runs on every Node 20. */
function crc32(bytes: Uint8Array): number {
  let value = 0xffff_ffff;
  // oxlint-disable-next-line typescript/no-non-null-assertion -- eight bits always are in a table of 256
  for (const byte of bytes) value = TABLE[(value ^ byte) & 0xff]! ^ (value >>> 8);
  return ~value >>> 0;
}
