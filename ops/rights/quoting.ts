import { Sentence } from '../sentence.ts';

/** Nothing in cmd, PowerShell or sh gives these a meaning within quotes. Everything else of a name is written as bytes. */
const plain = /^[\p{L}\p{M}\p{N} _.()-]$/u;

/**
 * The same distinguished name in which every other character is written as \XX of its UTF-8 (RFC 4514 §2.4), so that it
 * reads the same in every shell and means the same to every directory. `dn` as a directory writes it.
 */
export function plainDn(dn: string): string {
  return partsOf(dn)
    .map(({ type, value, end }) => `${type}=${plainValue(value)}${end}`)
    .join('');
}

function plainValue(value: string): string {
  const characters = Array.from(value);
  const isEdge = (index: number) => index === 0 || index === characters.length - 1;
  return characters.map((one, index) => (plain.test(one) && !(one === ' ' && isEdge(index)) ? one : asBytes(one))).join('');
}

const asBytes = (text: string): string =>
  [...Buffer.from(text)].map((byte) => `\\${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');

/** Each attribute type with its value, no longer escaped, and the separator behind it. Throws RangeError when it is no distinguished name. */
function partsOf(dn: string): { type: string; value: string; end: string }[] {
  const parts: { type: string; value: string; end: string }[] = [];
  const part = /\s*([A-Za-z][A-Za-z0-9-]*|\d+(?:\.\d+)*)=((?:\\[0-9A-Fa-f]{2}|\\[^0-9A-Fa-f]|[^\\,+])*)([,+]|$)/suy;
  while (part.lastIndex < dn.length) {
    const found = part.exec(dn);
    if (!found) throw new RangeError('not a distinguished name');
    const [, type = '', value = '', end = ''] = found;
    parts.push({ type, value: unescaped(value), end });
  }
  return parts;
}

function unescaped(value: string): string {
  const bytes = value.replaceAll(/((?:\\[0-9A-Fa-f]{2})+)|\\(.)/gsu, (_, hex: string | undefined, one: string | undefined) =>
    hex === undefined ? (one ?? '') : Buffer.from(hex.replaceAll('\\', ''), 'hex').toString('utf8'),
  );
  return bytes;
}

/** One argument for cmd and PowerShell alike. Refuses, in a sentence, what one of them would not leave alone. */
export function windowsQuoted(text: string): string {
  // PowerShell takes curly quotes for straight ones, and expands $ and `; cmd expands % within quotes.
  if (/["%!$`\u201c-\u201e\p{C}]|\\$/u.test(text))
    throw new Sentence(
      `"${text}" cannot be written safely in a Windows command. Give that account a name of letters, digits, dots and dashes.`,
    );
  return `"${text}"`;
}

/** One argument for a POSIX shell. */
export function shQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
