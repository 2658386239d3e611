import { listedSpelling } from '#domain/password-spellings.ts';

/** Longer lines are no passwords: 127 characters are the most that one may have. In bytes. */
const LONGEST_LINE = 1024;

/** How many lines were looked at, and how many of them no password is ever compared with: too short, too long, or no UTF-8. */
export interface Counted {
  lines: number;
  left: number;
}

/** The spellings of a plain list, one password a line, in UTF-8. Streams: however long a line, no more than a piece of it is held. */
export async function* listedSpellings(chunks: AsyncIterable<Uint8Array>, counted: Counted): AsyncGenerator<string> {
  let rest = Buffer.alloc(0);
  let tooLong = false;
  for await (const chunk of chunks) {
    const bytes = Buffer.concat([rest, chunk]);
    let from = 0;
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, from)) {
      const spelling = tooLong ? undefined : spellingOf(bytes.subarray(from, end));
      tooLong = false;
      from = end + 1;
      counted.lines += 1;
      if (spelling === undefined) counted.left += 1;
      else yield spelling;
    }
    rest = bytes.subarray(from);
    if (rest.length > LONGEST_LINE) [rest, tooLong] = [Buffer.alloc(0), true];
  }
  if (rest.length === 0 && !tooLong) return;
  const spelling = tooLong ? undefined : spellingOf(rest);
  counted.lines += 1;
  if (spelling === undefined) counted.left += 1;
  else yield spelling;
}

const UTF8 = new TextDecoder('utf-8', { fatal: true });

function spellingOf(line: Buffer): string | undefined {
  if (line.length > LONGEST_LINE) return undefined;
  try {
    return listedSpelling(UTF8.decode(line));
  } catch {
    return undefined;
  }
}
