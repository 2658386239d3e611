import { createInterface } from 'node:readline';
import { Writable, type Readable } from 'node:stream';

/** One line from standard input, without its line end. On a terminal it asks and shows nothing of what is typed. */
export async function readPassword(input: Readable & { isTTY?: boolean }, ask: (text: string) => void): Promise<string> {
  const terminal = input.isTTY ?? false;
  if (terminal) ask('Password: ');
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input, output: silent, terminal });
  try {
    for await (const line of lines) return line;
    return '';
  } finally {
    lines.close();
    if (terminal) ask('\n');
  }
}
