import { readFileSync } from 'node:fs';

/** The offline list of passwords that attackers try first. */
export interface BannedList {
  has(password: string): boolean;
  readonly size: number;
}

/**
 * Reads the list, one lower-case entry a line. Throws when it is missing or nearly empty: a check that lets everything
 * through because its list is gone would be none (peers were seen to fail open).
 */
export function readBannedList(file: string): BannedList {
  const entries = new Set<string>();
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const entry = line.trim();
    if (entry !== '') entries.add(entry);
  }
  if (entries.size < FEWEST_ENTRIES)
    throw new Error(`${file} holds ${entries.size} passwords, which cannot be the whole list. Make it again with npm start.`);
  return { has: (password) => spellings(password).some((spelling) => entries.has(spelling)), size: entries.size };
}

const FEWEST_ENTRIES = 1000;

/** What an attacker's rules would make of it: small letters, look-alikes undone, decoration at the end gone. */
function spellings(password: string): string[] {
  const plain = password.normalize('NFKC').toLowerCase();
  const bare = undecorated(plain);
  // A look-alike at the very end would be taken for decoration: signs alone go first.
  const unsigned = plain.replace(/[^\p{L}\p{N}]+$/u, '');
  return [...new Set([plain, bare, undisguised(plain), undisguised(unsigned), undisguised(bare), undecorated(undisguised(plain))])].filter(
    (spelling) => spelling.length >= 4,
  );
}

const LOOK_ALIKES: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '8': 'b',
  '@': 'a',
  $: 's',
  '!': 'i',
  '+': 't',
};

/** `p@ssw0rd` is `password`. */
export function undisguised(text: string): string {
  return text.replace(/[0134578@$!+]/g, (symbol) => LOOK_ALIKES[symbol] ?? symbol);
}

/** Digits and signs before and after the word are what everybody adds. */
export function undecorated(text: string): string {
  return text.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '');
}
