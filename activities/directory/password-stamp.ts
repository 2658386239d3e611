import { childNamed, readXml } from '../tokens/xml-elements.ts';
import type { EntryReader } from './entry.ts';
import { guidText } from './entry.ts';

/**
 * What replication carries of the last change of an account's password (AttributeStamp of unicodePwd, MS-DRSR 5.11). The
 * version grows by one with each change that is made at any controller, and by none when a change arrives at another.
 */
export interface PasswordStamp {
  version: number;
  /** Invocation id of the controller at which the change was made: the name of its database, which a restored one changes. */
  originating: string;
  /** That controller's own number of the change, decimal text. */
  usn: string;
  /** RFC 3339 in UTC, whole seconds. */
  at: string;
}

/** The documented form, which Samba 4.17 does not make, and the stored one, which it shows to every account. */
export const stampAttributes = ['msDS-ReplAttributeMetaData', 'replPropertyMetaData'];

/** The stamp in an entry that was read with stampAttributes; undefined where the controller shows none, or none that can be read. */
export function passwordStamp(entry: EntryReader): PasswordStamp | undefined {
  return stampOf(entry, 'unicodePwd');
}

/** The same of another attribute's last change. */
export function stampOf(entry: EntryReader, attribute: keyof typeof ATTRIBUTE_IDS): PasswordStamp | undefined {
  const said = entry
    .texts('msDS-ReplAttributeMetaData')
    .map(saidStamp)
    .find(({ name }) => name === attribute);
  if (said) return said.stamp;
  const stored = entry.bytes('replPropertyMetaData');
  return stored && storedStamp(stored, ATTRIBUTE_IDS[attribute]);
}

/** Whether both are of one and the same change. */
export function isSameStamp(one: PasswordStamp, other: PasswordStamp): boolean {
  return one.version === other.version && one.originating === other.originating && one.usn === other.usn;
}

/** One value of msDS-ReplAttributeMetaData (MS-ADTS 3.1.1.4.5; members by MS-DRSR 4.1.13.1.15): an XML document and a NUL. Unproven here: Windows only. */
function saidStamp(value: string): { name?: string; stamp?: PasswordStamp } {
  try {
    const read = readXml(value.replace(/[\0\s]+$/, ''));
    const text = (name: string) => childNamed(read, name)?.text.trim() ?? '';
    const at = new Date(text('ftimeLastOriginatingChange'));
    const stamp = wellFormed(text('dwVersion'), text('uuidLastOriginatingDsaInvocationID'), text('usnOriginatingChange'), at);
    return { name: text('pszAttributeName'), ...(stamp ? { stamp } : {}) };
  } catch {
    // Not XML, or XML with something in it that none of this needs: then this value says nothing.
    return {};
  }
}

function wellFormed(version: string, originating: string, usn: string, at: Date): PasswordStamp | undefined {
  if (!/^[1-9]\d{0,9}$/.test(version) || !/^\d{1,20}$/.test(usn) || Number.isNaN(at.getTime())) return undefined;
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(originating)) return undefined;
  return { version: Number(version), originating: originating.toLowerCase(), usn, at: `${at.toISOString().slice(0, 19)}Z` };
}

/**
 * unicodePwd is 1.2.840.113556.1.4.90, under the prefix with number 9 of every schema, and userCertificate 2.5.4.36, under that with
 * number 0 (MS-DRSR 5.16.4).
 */
const ATTRIBUTE_IDS = { unicodePwd: 0x9005a, userCertificate: 0x24 } as const;
const HEADER = 16;
const ENTRY = 48;
/** Seconds between 1601-01-01 and 1970-01-01. */
const EPOCH = 11_644_473_600n;

/**
 * The stored form as Samba keeps it (replPropertyMetaDataBlob of its drsblobs.idl): version 1, a count, and 48 bytes for
 * each attribute, little-endian: id, version, seconds since 1601, invocation id, its USN, our USN.
 */
function storedStamp(blob: Buffer, id: number): PasswordStamp | undefined {
  if (blob.length < HEADER || blob.readUInt32LE(0) !== 1) return undefined;
  const count = blob.readUInt32LE(8);
  if (blob.length < HEADER + count * ENTRY) return undefined;
  for (let at = HEADER; at < HEADER + count * ENTRY; at += ENTRY)
    if (blob.readUInt32LE(at) === id)
      return wellFormed(
        String(blob.readUInt32LE(at + 4)),
        guidText(blob.subarray(at + 16, at + 32)),
        String(blob.readBigUInt64LE(at + 32)),
        new Date(Number((blob.readBigUInt64LE(at + 8) - EPOCH) * 1000n)),
      );
  return undefined;
}
