/** A name as people type it, taken apart. */
export type TypedName = { kind: 'account' | 'upn'; value: string };

/** Longer than any name a directory holds; a request of 300 kB makes Samba drop the connection. */
const longest = 256;

/**
 * Takes a typed name apart: `alice`, `alice@bank.test` or `BANK\alice`. Undefined for what can be no account's name
 * here: empty, too long, control characters, lone surrogates, another domain. The value is NFC and trimmed, and goes
 * into a filter only as an EqualityFilter's value.
 */
export function parseTypedName(typed: string, netbios: string): TypedName | undefined {
  if (typed.length > longest || !typed.isWellFormed()) return undefined;
  const name = typed.normalize('NFC').trim();
  if (name === '' || /\p{Cc}/u.test(name)) return undefined;
  const slash = name.indexOf('\\');
  if (slash >= 0) {
    const value = name.slice(slash + 1);
    if (name.slice(0, slash).toLowerCase() !== netbios.toLowerCase() || value === '' || value.includes('\\')) return undefined;
    return { kind: 'account', value };
  }
  return { kind: name.includes('@') ? 'upn' : 'account', value: name };
}
