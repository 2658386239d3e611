/** A serial console, a braille line and a font of 1980 have this much in common: ASCII, in lines of less than 80 columns. */
const COLUMNS = 78;

const SPELT: Readonly<Record<string, string>> = {
  '“': '"',
  '”': '"',
  '„': '"',
  '‘': "'",
  '’': "'",
  '–': '-',
  '—': '-',
  '…': '...',
  '→': '->',
  ß: 'ss',
  æ: 'ae',
  ø: 'o',
  ł: 'l',
  đ: 'd',
};

/**
 * A text of the server as this screen may show it: printable ASCII and nothing else, so that no text from there can move a
 * cursor, colour, ring, or have the terminal answer in the name of whoever sits before it. Accents go, and what is left is a question mark.
 */
export function plain(text: string): string {
  return Array.from(text.normalize('NFKC'), (letter) => SPELT[letter] ?? letter)
    .join('')
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .replace(/\p{Cf}/gu, '')
    .replace(/[^ -~]/gu, '?')
    .trim();
}

/** In lines that fit, each word whole; `indent` stands before every line, `first` before the first instead. */
export function wrapped(text: string, indent = '', first = indent): string[] {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of plain(text).split(' ')) {
    for (const piece of word.match(new RegExp(`.{1,${COLUMNS - indent.length}}`, 'g')) ?? []) {
      if (!isEmpty && line.length + 1 + piece.length > COLUMNS) {
        lines.push(line);
        line = indent;
        isEmpty = true;
      }
      line += isEmpty ? piece : ` ${piece}`;
      isEmpty = false;
    }
  }
  return isEmpty ? lines : [...lines, line];
}

/** A reference or request code letter by letter, as one reads it to somebody: `K7Q-2XD` becomes `K 7 Q - 2 X D`. */
export function spelled(code: string): string {
  return Array.from(plain(code)).join(' ');
}

/** A SHA-256 fingerprint in groups that the eye can follow. */
export function grouped(fingerprint: string): string {
  return (
    fingerprint
      .replaceAll(':', '')
      .toLowerCase()
      .match(/.{1,4}/g)
      ?.join(' ') ?? ''
  );
}
