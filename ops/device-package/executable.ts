import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inOneFile } from '../setup/one-file.ts';
import { runCommand } from '../run-command.ts';
import { Sentence } from '../sentence.ts';
import { withNote } from './elf-note.ts';

/** What Node looks for in itself (Node.js documentation, Single executable applications); the last digit says whether there is something to find. */
const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2:';
const NOTE = 'NODE_SEA_BLOB';

/** Makes the agent one executable file: this Node, with the agent's own TypeScript bundled into it. Nothing is needed on the device to run it. */
export async function buildExecutable(file: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-device-'));
  try {
    const [program, blob, config] = [join(folder, 'agent.cjs'), join(folder, 'agent.blob'), join(folder, 'sea.json')];
    writeFileSync(program, await inOneFile({ entry: 'device-agent/main.ts', target: 'node24', format: 'cjs' }));
    const settings = { main: program, output: blob, disableExperimentalSEAWarning: true, useSnapshot: false, useCodeCache: false };
    writeFileSync(config, JSON.stringify(settings));
    const prepared = await runCommand(process.execPath, ['--experimental-sea-config', config]);
    if (prepared.code !== 0) throw new Sentence(`Node could not prepare the agent: ${prepared.stderr.trim().split('\n').at(-1)}.`);
    const made = withNote(readFileSync(process.execPath), NOTE, readFileSync(blob));
    const fuse = made.indexOf(`${FUSE}0`);
    if (fuse < 0 || made.indexOf(`${FUSE}0`, fuse + 1) >= 0)
      throw new Sentence('This Node cannot hold a program: its fuse is not there, or twice.');
    made.write('1', fuse + FUSE.length, 'ascii');
    writeFileSync(file, made);
    chmodSync(file, 0o755);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
