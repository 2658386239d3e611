interface Char {
  char: string;
  /** Written with an escape, so it stands for itself. */
  literal: boolean;
}

const DIVIDES = /[,+\\]/;

/**
 * The parts of a distinguished name (RFC 4514), the object's own first, each in one spelling: without case, its escapes undone
 * and made again alike, no spaces around. Undefined for what is none. Directories and people escape differently: `\,` and
 * `\2C` are one name, and a comma within a value divides nothing.
 */
export function partsOfName(name: string): string[] | undefined {
  const parts: Char[][] = [[]];
  for (const one of charsOf(name)) {
    if (one.char === ',' && !one.literal) parts.push([]);
    else parts.at(-1)?.push(one);
  }
  const spelled = parts.map(spell);
  return spelled.every((part) => /^[^=]+=./s.test(part)) ? spelled : undefined;
}

function charsOf(name: string): Char[] {
  // Escaped bytes are UTF-8, and a letter may take several of them.
  const found = name.matchAll(/(?<bytes>(?:\\[0-9a-f]{2})+)|\\(?<escaped>.)|(?<plain>[^])/gisu);
  return [...found].flatMap(({ groups }): Char[] => {
    const { bytes, escaped, plain } = groups ?? {};
    if (bytes !== undefined) {
      const decoded = new TextDecoder().decode(Uint8Array.from(bytes.slice(1).split('\\'), (hex) => Number.parseInt(hex, 16)));
      return Array.from(decoded, (char) => ({ char, literal: true }));
    }
    return escaped === undefined ? [{ char: plain ?? '', literal: false }] : [{ char: escaped, literal: true }];
  });
}

function spell(part: readonly Char[]): string {
  const isSpace = (one: Char | undefined) => one?.char === ' ' && !one.literal;
  const equals = part.findIndex(({ char, literal }) => char === '=' && !literal);
  const trimmed = (chars: readonly Char[]) => {
    const [first, last] = [chars.findIndex((one) => !isSpace(one)), chars.findLastIndex((one) => !isSpace(one))];
    return first < 0 ? [] : chars.slice(first, last + 1);
  };
  const written = (chars: readonly Char[]) =>
    trimmed(chars)
      .map(({ char, literal }) => (literal && DIVIDES.test(char) ? `\\${char}` : char))
      .join('');
  return `${written(part.slice(0, Math.max(equals, 0)))}=${written(part.slice(equals + 1))}`.normalize('NFC').toLowerCase();
}
