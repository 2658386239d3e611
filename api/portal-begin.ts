import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Door } from '#domain/circumstances.ts';
import { codeFromBytes, REFERENCE_SYMBOLS } from '#domain/codes.ts';
import { askForProof } from '#domain/next.ts';
import { Refusal } from '#domain/refusals.ts';
import { uuidv7 } from '#prisma/uuid.ts';
import { browserHashOf, newBrowserToken, nextOf } from './held-reset.ts';
import { sameHash } from './keyed-hash.ts';
import type { PortalDeps } from './portal-deps.ts';
import type { Begun, PortalFlow } from './portal-flow.ts';
import { updateIdOf } from './update-id.ts';

const identity = z.object({ reset: z.uuid(), reference: z.string() });
type Ask = Parameters<PortalFlow['begin']>[0];

/**
 * Starts a reset for whatever name was typed. A repeated request (same nonce, same name) continues the reset that the
 * first one began. Its browser gets a new cookie and the former one ends: whoever guessed a nonce would take over a
 * reset in which nothing was shown yet, and would share it with nobody.
 */
export async function beginReset(deps: PortalDeps, { account, source, nonce }: Ask): Promise<Begun> {
  const { db, hash, engine, sealer, admission } = deps;
  await admission.begin(source);
  const { reset, reference } = await identityOf(deps, { account, source, nonce });
  const browserToken = newBrowserToken();
  const browserHash = browserHashOf(hash, reset, browserToken);
  const { count: created } = await db.reset.createMany({
    data: [{ id: reset, reference, browserHash, next: { ...askForProof }, source }],
    skipDuplicates: true,
  });
  if (created === 0) {
    const { count: rotated } = await db.reset.updateMany({ where: { id: reset, state: 'proving' }, data: { browserHash } });
    if (rotated === 0) throw new Refusal('not-now');
  }
  // Crash here: the row shows an unproven reset without a workflow; the same request, sent again, starts it.
  const via: Door = 'portal';
  const sealed = await sealer.seal(db, { recipient: 'verifier', purpose: 'account-name', subject: reset, value: { account, via, source } });
  const updateId = updateIdOf(hash, { nonce, route: 'begin', reset, typed: '' });
  const next = await nextOf(db, reset, await engine.begin(reset, updateId, { sealed: sealed.id }));
  return { reference, browserToken, next };
}

/** Id and reference of the reset that this nonce stands for. Throws `key-reused` when it stood for another name. */
async function identityOf({ db, hash }: PortalDeps, { account, source, nonce }: Ask): Promise<z.infer<typeof identity>> {
  const key = hash('begin', source, nonce).toString('hex');
  const request = new Uint8Array(hash('begin-request', nonce, account));
  const body = { reset: uuidv7(), reference: codeFromBytes(randomBytes(REFERENCE_SYMBOLS)) };
  const { count } = await db.answer.createMany({ data: [{ key, request, status: 0, body }], skipDuplicates: true });
  if (count === 1) return body;
  const first = await db.answer.findUniqueOrThrow({ where: { key } });
  if (!sameHash(first.request, request)) throw new Refusal('key-reused');
  return identity.parse(first.body);
}
