/** Operations by the tag after the message's number (RFC 4511 appendix B). */
const OPERATIONS: Readonly<Record<number, string>> = {
  0x60: 'bindRequest',
  0x61: 'bindResponse',
  0x42: 'unbindRequest',
  0x63: 'searchRequest',
  0x64: 'searchResEntry',
  0x65: 'searchResDone',
  0x73: 'searchResRef',
  0x66: 'modifyRequest',
  0x67: 'modifyResponse',
  0x50: 'abandonRequest',
  0x77: 'extendedReq',
  0x78: 'extendedResp',
};

/** Where the contents of a BER element begin and end (X.690 8.1, definite lengths as RFC 4511 5.1 asks), or undefined while its head is not whole. */
function extent(bytes: Buffer, at = 0): { contents: number; end: number } | undefined {
  const first = bytes[at + 1];
  if (first === undefined) return undefined;
  if (first < 0x80) return { contents: at + 2, end: at + 2 + first };
  const octets = first & 0x7f;
  if (octets === 0 || octets > 4) throw new RangeError('a length that no LDAP message has');
  if (bytes.length < at + 2 + octets) return undefined;
  return { contents: at + 2 + octets, end: at + 2 + octets + bytes.readUIntBE(at + 2, octets) };
}

/** Cuts a stream into whole LDAP messages (RFC 4511 4.1.1), however it was cut on its way. Throws RangeError for what is no message. */
export function messageCutter(): (chunk: Buffer) => Buffer[] {
  let rest = Buffer.alloc(0);
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    const messages: Buffer[] = [];
    while (rest.length > 0) {
      if (rest[0] !== 0x30) throw new RangeError('not the beginning of an LDAP message');
      const found = extent(rest);
      if (!found || found.end > rest.length) break;
      messages.push(rest.subarray(0, found.end));
      rest = rest.subarray(found.end);
    }
    return messages;
  };
}

/** The operation of a whole message. */
export function operationOf(message: Buffer): string {
  const envelope = extent(message);
  const id = envelope && extent(message, envelope.contents);
  const tag = id && message[id.end];
  return (tag === undefined ? undefined : OPERATIONS[tag]) ?? 'an unknown operation';
}
