import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { EMPTY_ROOT } from '#evidence/merkle-tree.ts';
import { COSIGNATURE, printVerifierKey, verifierKey } from '#evidence/verifier-key.ts';
import type { VerifierKey } from '#evidence/verifier-key.ts';
import { oraclePrograms } from '#ops/setup/oracle-programs.ts';
import { freePort } from '#ops/stack/ports.ts';
import { ended } from './oracle.ts';

/** A witness that others wrote (filippo.io/torchwood), with a key that only its agent holds. */
export interface Litewitness {
  /** The submission prefix, without a slash at its end. */
  url: string;
  key: VerifierKey;
  end: () => Promise<void>;
}

/** Starts litewitness on a free port of the loopback address, knowing these logs. Its folder is deleted by `end`. */
export async function startLitewitness(name: string, logs: readonly VerifierKey[]): Promise<Litewitness> {
  const programs = await oraclePrograms();
  const folder = mkdtempSync(join(tmpdir(), 'litewitness-'));
  const socket = join(folder, 'agent');
  const agent = spawn(join(programs, 'oracle'), ['agent', socket], { stdio: ['ignore', 'pipe', 'inherit'], env: {} });
  const { value: line } = await createInterface({ input: agent.stdout })[Symbol.asyncIterator]().next();
  if (typeof line !== 'string') throw new Error('the agent ended before it had a key');
  const { fingerprint, publicKey } = JSON.parse(line) as { fingerprint: string; publicKey: string };
  const address = `127.0.0.1:${await freePort()}`;
  const database = join(folder, 'db');
  const args = ['-name', name, '-db', database, '-ssh-agent', socket, '-key', fingerprint, '-listen', address];
  const witness = spawn(join(programs, 'litewitness'), args, { stdio: ['ignore', 'ignore', 'pipe'], env: {}, cwd: folder });
  const said: string[] = [];
  createInterface({ input: witness.stderr }).on('line', (words) => said.push(words));
  const end = async (): Promise<void> => {
    await ended(witness, () => witness.kill('SIGINT'));
    await ended(agent, () => agent.kill());
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await untilItServes(`http://${address}/`, () => witness.exitCode === null, said);
    introduce(database, logs);
  } catch (error) {
    await end();
    throw error;
  }
  return { url: `http://${address}`, key: verifierKey(name, COSIGNATURE, Buffer.from(publicKey, 'base64')), end };
}

async function untilItServes(url: string, isRunning: () => boolean, said: readonly string[]): Promise<void> {
  for (const deadline = Date.now() + 20_000; Date.now() < deadline && isRunning();) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`litewitness does not serve: ${said.join('\n')}`);
}

/** What its command witnessctl does; that one does not build without a module that the Go proxy does not have. */
function introduce(file: string, logs: readonly VerifierKey[]): void {
  const database = new DatabaseSync(file);
  for (const log of logs) {
    database.prepare('INSERT INTO log (origin, tree_size, tree_hash) VALUES (?, 0, ?)').run(log.name, EMPTY_ROOT.toString('base64'));
    database.prepare('INSERT INTO key (origin, key) VALUES (?, ?)').run(log.name, printVerifierKey(log));
  }
  database.close();
}
