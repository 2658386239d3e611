import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { printVerifierKey, type VerifierKey } from '#evidence/verifier-key.ts';
import { runCommand } from '#ops/run-command.ts';
import { oraclePrograms } from '#ops/setup/oracle-programs.ts';

/**
 * Lets Tessera's fsck recompute the whole log in a folder of tiles. Answers undefined when all is well, else what it
 * said. It ends with 0 whatever it found, so its words count. The key is laid beside the checkpoint.
 */
export async function fsckComplaint(folder: string, log: VerifierKey): Promise<string | undefined> {
  const keyFile = join(folder, 'log.vkey');
  writeFileSync(keyFile, printVerifierKey(log));
  const args = ['-v=2', '-ui=false', '-N=4', '-alsologtostderr', `-storage_url=file://${folder}/`, `-public_key=${keyFile}`];
  const { code, stderr } = await runCommand(join(await oraclePrograms(), 'fsck'), args, { env: {}, timeoutMs: 60_000 });
  if (code === 0 && !/fsck failed/.test(stderr) && /Completed ranges/.test(stderr)) return undefined;
  return stderr || 'it said nothing';
}
