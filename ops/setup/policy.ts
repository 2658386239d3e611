import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSecretLine } from '#config';
import type { Actor } from '#prisma/leaves.ts';
import { root } from '../paths.ts';
import { already } from '../progress.ts';
import type { Progress } from '../progress.ts';
import { Sentence } from '../sentence.ts';
import { ownerUrlFile } from './database-roles.ts';
import { pinPolicy } from './publishers.ts';

export const demoPolicyFile = join(root, 'ops', 'policy', 'demo-bank.yaml');

/** On a busy machine a connection alone takes seconds, and nobody is served meanwhile who would wait for this one. */
const LONGEST_MS = 30_000;

/** Puts a policy file in force and answers its hash. A fault in it is a sentence with line, field and fix. */
export async function putPolicyInForce(state: string, file: string, actor: Actor): Promise<string> {
  const { openDatabase } = await import('#db');
  const { loadPolicy } = await import('../../prisma/policies.ts');
  const { PolicyError } = await import('../../prisma/policy-findings.ts');
  const database = openDatabase(readSecretLine(ownerUrlFile(state)), 1);
  try {
    const { sha256 } = await database.$transaction((tx) => loadPolicy(tx, readFileSync(file, 'utf8'), actor), {
      maxWait: LONGEST_MS,
      timeout: LONGEST_MS,
    });
    // Crash before this: the version is in force and no writer takes it. Loading it again mends that.
    pinPolicy(state, sha256);
    return sha256;
  } catch (error) {
    if (error instanceof PolicyError) throw new Sentence(`${file}: ${error.message}`);
    throw error;
  } finally {
    await database.$disconnect();
  }
}

/** Loads the first policy. One that an operator loaded later stays in force through every start. */
export function makePolicy(state: string, file: string, progress: Progress): Promise<unknown> {
  return progress.step('policy', async () => {
    const { openDatabase } = await import('#db');
    const database = openDatabase(readSecretLine(ownerUrlFile(state)), 1);
    try {
      if ((await database.policyVersion.count({ where: { inForce: true } })) > 0) return already;
    } finally {
      await database.$disconnect();
    }
    return putPolicyInForce(state, file, { type: 'service', name: 'setup' });
  });
}
