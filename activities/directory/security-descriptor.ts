import type { AccessEntry } from '#domain/directory-rights.ts';
import { guidText, sidText } from './entry.ts';

/** Who may do what to one object. `entries` undefined: it has no list at all, and then everybody may do everything. */
export type SecurityDescriptor = { inheritsNothing: boolean; entries: readonly AccessEntry[] | undefined; owner?: string };

const daclPresent = 0x0004;
const daclProtected = 0x1000;
/** ACE flags, MS-DTYP 2.4.4.1. */
const containerInherit = 0x02;
const inheritOnly = 0x08;
const inherited = 0x10;

/** ACE types of a DACL, MS-DTYP 2.4.4.1: plain, object, callback, callback object. */
const kinds: Record<number, { kind: AccessEntry['kind']; object: boolean; conditional: boolean }> = {
  0x00: { kind: 'allow', object: false, conditional: false },
  0x01: { kind: 'deny', object: false, conditional: false },
  0x05: { kind: 'allow', object: true, conditional: false },
  0x06: { kind: 'deny', object: true, conditional: false },
  0x09: { kind: 'allow', object: false, conditional: true },
  0x0a: { kind: 'deny', object: false, conditional: true },
  0x0b: { kind: 'allow', object: true, conditional: true },
  0x0c: { kind: 'deny', object: true, conditional: true },
};

/** Reads nTSecurityDescriptor, a self-relative security descriptor (MS-DTYP 2.4.6). Throws RangeError when the bytes are none. */
export function readSecurityDescriptor(bytes: Buffer): SecurityDescriptor {
  const control = bytes.readUInt16LE(2);
  const ownerAt = bytes.readUInt32LE(4);
  const owner = ownerAt === 0 ? {} : { owner: sidText(bytes.subarray(ownerAt)) };
  const inheritsNothing = (control & daclProtected) !== 0;
  const start = bytes.readUInt32LE(16);
  if ((control & daclPresent) === 0 || start === 0) return { inheritsNothing, entries: undefined, ...owner };
  const entries: AccessEntry[] = [];
  let at = start + 8;
  for (let left = bytes.readUInt16LE(start + 4); left > 0; left--) {
    const size = bytes.readUInt16LE(at + 2);
    if (size < 4 || at + size > bytes.length) throw new RangeError('an entry of a security descriptor is cut off');
    const entry = readEntry(bytes.subarray(at, at + size));
    if (entry) entries.push(entry);
    at += size;
  }
  return { inheritsNothing, entries, ...owner };
}

function readEntry(ace: Buffer): AccessEntry | undefined {
  const type = kinds[ace.readUInt8(0)];
  if (!type) return undefined;
  const { kind, object, conditional } = type;
  const present = object ? ace.readUInt32LE(8) : 0;
  const [hasType, hasClass] = [(present & 0x1) !== 0, (present & 0x2) !== 0];
  const classAt = 12 + (hasType ? 16 : 0);
  const flags = ace.readUInt8(1);
  return {
    kind,
    conditional,
    inherited: (flags & inherited) !== 0,
    inheritOnly: (flags & inheritOnly) !== 0,
    below: (flags & containerInherit) !== 0,
    belowClass: hasClass ? guidText(ace.subarray(classAt, classAt + 16)) : undefined,
    mask: ace.readUInt32LE(4),
    objectType: hasType ? guidText(ace.subarray(12, 28)) : undefined,
    sid: sidText(ace.subarray(object ? classAt + (hasClass ? 16 : 0) : 8)),
  };
}
