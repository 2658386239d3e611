import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../paths.ts';
import { inOneFile } from './one-file.ts';

/** What the program is made of; a change in any of them makes it anew. */
const sources = ['audit/**/*.ts', 'evidence/**/*.ts', 'domain/**/*.ts', 'prisma/*-text.ts', 'package-lock.json'];

const sourceHash = (): string => {
  const hash = createHash('sha256');
  for (const file of globSync(sources, { cwd: root }).toSorted())
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(root, file)))
      .update('\0');
  return hash.digest('hex');
};

/**
 * The program verify.mjs, made from the same sources that the command runs: one file of plain JavaScript for Node 20 and
 * newer that imports nothing but Node's own modules. Kept in the state folder and made anew when a source has changed;
 * the same sources give the same bytes.
 */
export async function verifyProgram(state: string): Promise<Buffer> {
  const { ownedFile, ownedFolder } = await import('./owned-files.ts');
  const folder = join(state, 'trust');
  const [file, mark] = [join(folder, 'verify.mjs'), join(folder, 'verify.source-sha256')];
  const hash = sourceHash();
  if (existsSync(file) && existsSync(mark) && readFileSync(mark, 'utf8') === hash) return readFileSync(file);
  ownedFolder(folder, undefined, 0o755);
  const program = Buffer.from(await inOneFile({ entry: 'audit/verify.ts', target: 'node20', format: 'es' }));
  ownedFile(file, program, undefined, 0o644);
  // A crash before this line makes the same file once more.
  ownedFile(mark, hash, undefined, 0o644);
  return program;
}
