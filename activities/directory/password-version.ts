/** unicodePwd is 1.2.840.113556.1.4.90: 0x9005A in a schema without prefixes of its own (MS-DRSR 5.16.4). */
const UNICODE_PWD = 0x9005a;
const HEAD = 16;
const ENTRY = 48;

/**
 * How often an account's password was ever set: the version of unicodePwd in replPropertyMetaData (MS-DRSR 4.1.10.2.22, PROPERTY_META_DATA_VECTOR version 1); 0 when it never was.
 * Null for bytes that are no such vector.
 */
export function passwordVersion(metadata: Buffer): number | null {
  if (metadata.length < HEAD || metadata.readUInt32LE(0) !== 1) return null;
  const count = metadata.readUInt32LE(8);
  if (metadata.length < HEAD + count * ENTRY) return null;
  for (let index = 0; index < count; index++) {
    const at = HEAD + index * ENTRY;
    if (metadata.readUInt32LE(at) === UNICODE_PWD) return metadata.readUInt32LE(at + 4);
  }
  return 0;
}
