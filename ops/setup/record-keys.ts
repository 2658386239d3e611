import { createHash, createPublicKey } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { readSecretLine } from '#config';
import type { Json } from '#evidence/jcs.ts';
import { parseTrustPolicy } from '#evidence/trust-policy.ts';
import { printVerifierKey } from '#evidence/verifier-key.ts';
import { already, type Progress } from '../progress.ts';
import { ownerUrlFile } from './database-roles.ts';
import { cardListener } from '../paths.ts';
import { listenerSigningKey } from './card-listener.ts';
import { historyKeyIds } from './history-keys.ts';
import { privateKeyFiles } from './keys.ts';
import { trustPolicyFile } from './log-keys.ts';

/**
 * Every key that this machine's processes hold or trust has a leaf: those made at set-up, those that a ceremony made once
 * the trust policy names them, those that replaced another. At each start what has no leaf yet gets one.
 */
export function recordKeys(state: string, progress: Progress): Promise<unknown> {
  return progress.step('leaves of new keys', async () => {
    const { openDatabase } = await import('#db');
    const { appendLeaf } = await import('../../prisma/leaves.ts');
    const database = openDatabase(readSecretLine(ownerUrlFile(state)), 1);
    try {
      const fresh = await database.$transaction(async (tx) => {
        const leaves = await tx.leaf.findMany({ where: { type: 'key.added' }, select: { body: true } });
        const known = new Set(leaves.map(({ body }) => nameOf((JSON.parse(body) as { do?: Record<string, Json> }).do ?? {})));
        const missing = keysOf(state).filter((key) => !known.has(nameOf(key)));
        for (const key of missing)
          await appendLeaf(tx, { type: 'key.added', outcome: 'success', actor: { type: 'service', name: 'setup' }, do: key }, 'ops');
        return missing;
      });
      return fresh.length === 0 ? already : undefined;
    } finally {
      await database.$disconnect();
    }
  });
}

/** Two leaves with the same name speak of the same key. */
const nameOf = ({ holder, ring, trusted, key }: Record<string, Json>): string =>
  JSON.stringify([holder ?? null, ring ?? null, trusted ?? null, key ?? null]);

function keysOf(state: string): Record<string, Json>[] {
  const listener = { holder: cardListener, file: listenerSigningKey(state) };
  const held = [...privateKeyFiles(state), ...(existsSync(listener.file) ? [listener] : [])].map(({ holder, file }) => ({
    holder,
    key: identityOf(file),
  }));
  const rings = historyKeyIds(state).map((key) => ({ ring: 'history', key }));
  if (!existsSync(trustPolicyFile(state))) return [...held, ...rings];
  const { logs, members } = parseTrustPolicy(readFileSync(trustPolicyFile(state)));
  const witnesses = [...members.values()].flatMap((member) => (member.kind === 'witness' ? [member] : []));
  return [
    ...held,
    ...rings,
    ...logs.map(({ key }) => ({ trusted: 'log', key: printVerifierKey(key) })),
    ...witnesses.map(({ key }) => ({ trusted: 'witness', key: printVerifierKey(key) })),
  ];
}

/** A key pair by the hash of its public half. Of a secret nothing may be told: it is known by its file and when that was made. */
function identityOf(file: string): string {
  const name = file.split('/').at(-1) ?? '';
  const bytes = readFileSync(file);
  if (!bytes.toString('latin1').startsWith('-----BEGIN')) return `${name} of ${statSync(file).mtime.toISOString()}`;
  const spki = createPublicKey(bytes).export({ format: 'der', type: 'spki' });
  return `${name} sha256:${createHash('sha256').update(spki).digest('hex')}`;
}
