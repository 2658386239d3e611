/** A CEF line as a reader of the published format understands it: seven header fields, then keys of an extension. */
export interface ReadCef {
  header: string[];
  extension: Map<string, string>;
}

/** Throws when the line has another form, or a key twice. */
export function readCef(line: string): ReadCef {
  if (/[\r\n]/.test(line)) throw new Error('a line break in the line');
  const header: string[] = [''];
  let at = 0;
  for (; header.length < 8; at++) {
    const character = line[at];
    if (character === undefined) throw new Error('the header is not whole');
    if (character === '|') header.push('');
    else if (character === '\\') {
      const next = line[++at] ?? '';
      if (next !== '\\' && next !== '|') throw new Error(`\\${next} is no escape of a header`);
      header[header.length - 1] += next;
    } else header[header.length - 1] += character;
  }
  header.pop();
  return { header, extension: extensionOf(line.slice(at)) };
}

/** A key is the word before an equals sign that no backslash stands before; its value goes on to the next key. */
function extensionOf(text: string): Map<string, string> {
  const read = new Map<string, string>();
  const keys = [...text.matchAll(/(?:^| )([A-Za-z0-9]+)=/g)];
  for (const [at, match] of keys.entries()) {
    const start = match.index + match[0].length;
    const value = text.slice(start, keys[at + 1]?.index ?? text.length);
    if (/(^|[^\\])(\\\\)*=/.test(value)) throw new Error('an equals sign that is not escaped');
    const key = match[1] ?? '';
    if (read.has(key)) throw new Error(`${key} comes twice`);
    read.set(
      key,
      value.replaceAll(/\\(.)/g, (_, character: string) => {
        const plain = { '\\': '\\', '=': '=', n: '\n', r: '\r' }[character];
        if (plain === undefined) throw new Error(`\\${character} is no escape of an extension`);
        return plain;
      }),
    );
  }
  return read;
}
