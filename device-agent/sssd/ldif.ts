/** One entry of LDIF (RFC 2849): its attributes by name, each with its values in order. The name `dn` is among them. */
export type Entry = Map<string, string[]>;

/** The entries in what ldbsearch or ldapsearch print. Comments and referrals are left out; a value in base64 is read as UTF-8, or kept as base64 for `binary`. */
export function readLdif(text: string, binary: readonly string[] = []): Entry[] {
  const entries: Entry[] = [];
  // A line that begins with a space goes on with the one before it (note 2).
  for (const block of text
    .replaceAll('\r\n', '\n')
    .replaceAll('\n ', '')
    .split(/\n{2,}/)) {
    const entry: Entry = new Map();
    for (const line of block.split('\n')) {
      const parts = /^([A-Za-z][\w;.-]*)(::?) ?(.*)$/s.exec(line);
      if (!parts) continue;
      const [, name = '', colons, value = ''] = parts;
      const read = colons === '::' && !binary.includes(name) ? Buffer.from(value, 'base64').toString('utf8') : value;
      entry.set(name, [...(entry.get(name) ?? []), read]);
    }
    if (entry.has('dn')) entries.push(entry);
  }
  return entries;
}

/** A line of LDIF for any value: in base64, so that nothing in it is read as more than a value. */
export const ldifLine = (name: string, value: string): string => `${name}:: ${Buffer.from(value, 'utf8').toString('base64')}`;
