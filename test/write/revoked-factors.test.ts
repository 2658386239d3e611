import assert from 'node:assert/strict';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { Attestation } from '#domain/attestation.ts';
import { signStatement } from '#evidence/attestation.ts';
import { thawBody } from '#prisma/frozen-factors.ts';
import { revokedFactors } from '#activities/write/revoked-factors.ts';
import { useDatabase } from '../support/database.ts';

const database = await useDatabase();
const root = database.as('superuser');
const verifier = generateKeyPairSync('ed25519');
const shown = (method: string, credential: string, account: string) => ({ kind: 'factor', method, credential, account }) as Attestation;

test('each writer, with the rights that it has, finds the app and the key that were ended and the token that was given back or is another’s', async () => {
  const [account, other] = [randomUUID(), randomUUID()];
  const [app, endedApp, token, lost] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
  const [key, endedKey] = [randomUUID(), randomUUID()];
  await root.burn.create({ data: { subject: randomUUID(), updateId: 'only', consumed: `passkey-end:${endedKey}`, outcome: {} } });
  await root.burn.create({ data: { subject: randomUUID(), updateId: 'only', consumed: `totp-end:${endedApp}`, outcome: {} } });
  for (const [tokenId, endedAt] of [
    [token, null],
    [lost, new Date()],
  ] as const)
    await root.$transaction(async (tx) => {
      // Only what the writer asks of this table matters here, not the token itself.
      await tx.$executeRaw`SET LOCAL session_replication_role = replica`;
      await tx.tokenAssignment.create({
        data: {
          id: randomUUID(),
          tokenId,
          accountGuid: account,
          accountName: 'x',
          assignedAt: new Date(),
          assignedBy: other,
          signature: new Uint8Array(64),
          endedAt,
        },
        select: { id: true },
      });
    });
  const all = [
    shown('totp', app, account),
    shown('totp', endedApp, account),
    shown('passkey', key, account),
    shown('passkey', endedKey, account),
    shown('hardware-token', token, account),
    shown('hardware-token', lost, account),
  ];
  for (const role of ['writer_staff', 'writer_privileged'] as const) {
    assert.deepEqual(await revokedFactors(database.as(role), all, verifier.publicKey), new Set([endedApp, endedKey, lost]));
    assert.deepEqual(
      await revokedFactors(database.as(role), [shown('hardware-token', token, other)], verifier.publicKey),
      new Set([token]),
    );
    assert.deepEqual(await revokedFactors(database.as(role), [], verifier.publicKey), new Set());
  }
});

test('each writer finds a frozen app and a frozen key; one that the verifier settled counts again, and one that somebody settled by hand does not', async () => {
  const account = randomUUID();
  const [app, key, settled, byHand] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
  const at = new Date();
  const frozen = new Map<string, string>();
  for (const factorId of [app, key, settled, byHand]) {
    const freeze = { id: randomUUID(), factorId, accountGuid: account, why: 'objected', at };
    await root.freeze.create({ data: freeze });
    frozen.set(factorId, freeze.id);
  }
  const thaw = async (factor: string, by: typeof verifier) => {
    const freeze = frozen.get(factor) ?? '';
    const { signature } = signStatement(thawBody({ freeze, factor, at }), by.privateKey);
    await root.thaw.create({ data: { freezeId: freeze, at, signature: new Uint8Array(signature) } });
  };
  await thaw(settled, verifier);
  await thaw(byHand, generateKeyPairSync('ed25519'));
  const all = [...frozen.keys()].map((one) => shown(one === key ? 'passkey' : 'totp', one, account));
  for (const role of ['writer_staff', 'writer_privileged'] as const)
    assert.deepEqual(await revokedFactors(database.as(role), all, verifier.publicKey), new Set([app, key, byHand]));
});
