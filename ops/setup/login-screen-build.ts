import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inOneFile } from './one-file.ts';

/** Builds the client of the login screen into `folder` as one file of CommonJS, for Node or for a single executable. Returns its path. */
export async function buildLoginScreen(folder: string): Promise<string> {
  const file = join(folder, 'login-screen.cjs');
  writeFileSync(file, await inOneFile({ entry: 'device-agent/terminal/main.ts', target: 'node24', format: 'cjs' }));
  return file;
}
