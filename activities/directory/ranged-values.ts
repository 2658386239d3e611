import type { EntryReader } from './entry.ts';
import { baseEntry } from './find-account.ts';
import type { Session } from './session.ts';

/**
 * All values of an attribute of one object, however many. Windows shows at most 1500 at once and says so in the attribute's
 * name: member;range=0-1499, then …-* at the end (MS-ADTS 3.1.1.3.1.3.3).
 */
export async function allValues(session: Session, dn: string, attribute: string): Promise<string[]> {
  const values: string[] = [];
  for (let from = 0; ; from = values.length) {
    const entry = await baseEntry(session, dn, [`${attribute};range=${from}-*`]);
    const name = entry?.names.find((key) => isOf(attribute, key) && entry.texts(key).length > 0);
    if (!entry || !name) return values;
    values.push(...entry.texts(name));
    if (!/;range=\d+-\d+$/i.test(name)) return values;
  }
}

/** The same entries, those of which a search showed only the first values of this attribute with all of them. */
export async function withAllValues(session: Session, entries: readonly EntryReader[], attribute: string): Promise<EntryReader[]> {
  const whole: EntryReader[] = [];
  for (const entry of entries) {
    const isCut = entry.names.some((name) => name.includes(';') && isOf(attribute, name));
    // One after the other: a session is held by one caller.
    const values = isCut ? await allValues(session, entry.dn, attribute) : [];
    whole.push(isCut ? { ...entry, texts: (name) => (name === attribute ? values : entry.texts(name)) } : entry);
  }
  return whole;
}

function isOf(attribute: string, name: string): boolean {
  return new RegExp(`^${attribute}(;range=|$)`, 'i').test(name);
}
