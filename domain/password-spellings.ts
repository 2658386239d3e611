/**
 * How passwords are compared with lists: an entry of a list has one spelling, and of a password every spelling is tried that
 * an attacker's rules would reach it by.
 */

/** Shorter spellings are compared with no list: they are in everything. In UTF-16 code units. */
export const SHORTEST_LISTED = 4;

/** The one spelling of an entry: NFKC, small letters, no space around it. Undefined for what no password is compared with. */
export function listedSpelling(entry: string): string | undefined {
  const spelling = small(entry).trim();
  return spelling.length >= SHORTEST_LISTED ? spelling : undefined;
}

/** What an attacker's rules would make of a password: small letters, look-alikes undone, decoration around it gone. */
export function spellings(password: string): string[] {
  const plain = small(password);
  const bare = undecorated(plain);
  // A look-alike at the very end would be taken for decoration: signs alone go first.
  const unsigned = plain.replace(/[^\p{L}\p{N}]+$/u, '');
  const all = [plain, plain.trim(), bare, undisguised(plain), undisguised(unsigned), undisguised(bare), undecorated(undisguised(plain))];
  return [...new Set(all)].filter((spelling) => spelling.length >= SHORTEST_LISTED);
}

/** The form in which letters are compared, whatever their width, case and normal form. */
function small(text: string): string {
  return text.normalize('NFKC').toLowerCase();
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
function undisguised(text: string): string {
  return text.replace(/[0134578@$!+]/g, (symbol) => LOOK_ALIKES[symbol] ?? symbol);
}

/** Digits and signs before and after the word are what everybody adds. */
function undecorated(text: string): string {
  return text.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '');
}
