import { createHash, randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { recordLeaf } from '#activities/record-leaf.ts';
import { lookInAThread, readInAThread } from '#activities/tokens/in-a-thread.ts';
import { FileRefused, type Reading, type ReadToken } from '#activities/tokens/token-file.ts';
import { samePerson } from '#domain/account.ts';
import { IMPORT_HOURS, MOST_NAMED, type FileFault, type LeftOut } from '#domain/token.ts';
import type { Transaction } from '#db';
import { VERIFIER, type VerifierDeps } from './deps.ts';
import { decryptSecret, encryptSecret } from './factor-secret.ts';
import { personOrGuid } from './people.ts';
import { isOurRow, signRow } from './row-signature.ts';
import type { Deed, Refused, TypedDeed } from './token-deed.ts';
import { FILE_OF, importBody, SEED_OF, tokenBody, type TokenRow } from './token-rows.ts';

/** Rows that are made between two looks at other work. */
const AT_ONCE = 500;

/**
 * One person brings a file. It is looked at, and kept encrypted until another one brings what opens it: nothing of it counts
 * before. A file that would be refused whatever its key is refused now.
 */
export async function bringTokens(deps: VerifierDeps, id: string, typed: Extract<TypedDeed, { deed: 'bring' }>): Promise<Deed> {
  const { file: text, reading } = typed;
  const looked = await orFault(lookInAThread({ text, reading }));
  if ('fault' in looked) return async () => refusedFile(looked.fault);
  const { openedBy, packages } = looked;
  const sha256 = createHash('sha256').update(text).digest('hex');
  const file = encryptSecret(deps.keys, FILE_OF, id, Buffer.from(JSON.stringify({ reading, text })));
  return async (tx, by, at) => {
    await endOld(tx);
    const expiresAt = new Date(at.getTime() + IMPORT_HOURS * 3_600_000);
    const row = { id, format: reading.format, openedBy, sha256, broughtBy: by.guid, broughtAt: at, expiresAt };
    const signature = signRow(deps.keys, importBody(row));
    await tx.tokenImport.create({
      data: { ...row, state: 'waiting', packages, file, keyId: deps.keys.factorId, signature },
      select: { id: true },
    });
    return {
      leaf: 'token-import.brought',
      do: { import: id, sha256, format: reading.format, opened_by: openedBy, packages },
      consumed: [],
      answer: { import: id, openedBy, packages, sha256 },
    };
  };
}

/**
 * Another person brings the key, or for a file without one the digest that the supplier told them: the tokens are in stock.
 * Each that cannot be taken is named with its reason, and the others are taken.
 */
export async function confirmTokens(deps: VerifierDeps, typed: Extract<TypedDeed, { deed: 'confirm' }>): Promise<Deed> {
  const row = await deps.db.tokenImport.findUnique({ where: { id: typed.import } });
  const isOurs = row !== null && isOurRow(deps.keys, importBody(row), row.signature);
  const kept = isOurs && row.file ? decryptSecret(deps.keys, { ...row, accountGuid: FILE_OF, secret: row.file }) : undefined;
  if (!row || !kept) return async () => ({ refusal: 'token-import-closed' });
  const brought = await personOrGuid(deps.people, row.broughtBy);
  const isVouched = row.openedBy !== 'digest' || typed.key.replace(/\s+/g, '').toLowerCase() === row.sha256;
  const { reading, text } = JSON.parse(Buffer.from(kept).toString('utf8')) as { reading: Reading; text: string }; // as bringTokens wrote it
  const key = row.openedBy === 'digest' ? {} : { key: typed.key };
  const read = isVouched ? await orFault(readInAThread({ text, reading, ...key })) : undefined;
  const rows = read && 'tokens' in read ? await rowsOf(deps, row.id, read.tokens) : [];

  return async (tx, by, at) => {
    await endOld(tx);
    const facts = { import: row.id, sha256: row.sha256 };
    const [open] = await tx.$queryRaw<{ state: string }[]>`SELECT state FROM token_import WHERE id = ${row.id}::uuid FOR UPDATE`;
    if (open?.state !== 'waiting') return { refusal: 'token-import-closed', do: facts };
    if (samePerson(brought, by)) return { refusal: 'token-second-person', do: facts };
    if (!read) return { refusal: 'token-digest-wrong', do: facts };
    if ('fault' in read) return { ...refusedFile(read.fault), do: facts };
    const leftOut = [...read.leftOut];
    const taken = await addTokens(tx, rows, leftOut);
    await tx.tokenImport.updateMany({
      where: { id: row.id },
      data: { state: 'done', file: null, confirmedBy: by.guid, confirmedAt: at },
    });
    return {
      leaf: 'token-import.confirmed',
      do: { ...facts, brought_by: row.broughtBy, taken, left_out: leftOut.length },
      consumed: [],
      answer: { import: row.id, taken, leftOut: leftOut.slice(0, MOST_NAMED), others: Math.max(0, leftOut.length - MOST_NAMED) },
    };
  };
}

type NewToken = TokenRow & Pick<ReadToken, 'at' | 'counter' | 'drift'> & { signature: Uint8Array };

/** Seeds are encrypted and rows signed before the transaction; the plain seeds are gone with it. */
async function rowsOf(deps: VerifierDeps, importId: string, tokens: readonly ReadToken[]): Promise<NewToken[]> {
  const rows: NewToken[] = [];
  for (const { at, manufacturer, serial, algorithm, digits, period, expires, counter, drift, secret: seed } of tokens) {
    if (rows.length % AT_ONCE === 0) await setImmediate();
    const id = randomUUID();
    const secret = encryptSecret(deps.keys, SEED_OF, id, seed);
    seed.fill(0);
    const row = { id, manufacturer, serial, algorithm, digits, period, secret, keyId: deps.keys.factorId, importId, expiresAt: expires };
    rows.push({ ...row, signature: signRow(deps.keys, tokenBody(row)), at, counter, drift });
  }
  return rows;
}

/** Adds those whose maker and serial number nobody has yet; answers how many. The others join `leftOut`. */
async function addTokens(tx: Transaction, rows: readonly NewToken[], leftOut: LeftOut[]): Promise<number> {
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
  const written = rows.map(({ secret, signature, counter, ...row }) => {
    return {
      ...row,
      secret: hex(secret),
      signature: hex(signature),
      counter: String(counter),
      kind: row.period === null ? 'hotp' : 'totp',
    };
  });
  // One statement: thousands of rows by the client's own way take longer than a transaction may last.
  const added = await tx.$queryRaw<{ id: string }[]>`
    INSERT INTO token (id, manufacturer, serial, kind, algorithm, digits, period, secret, key_id, import_id, expires_at, signature, counter, drift)
    SELECT id, manufacturer, serial, kind, algorithm, digits, period, decode(secret, 'hex'), "keyId", "importId", "expiresAt",
      decode(signature, 'hex'), counter, drift
    FROM jsonb_to_recordset(${JSON.stringify(written)}::jsonb) AS given(id uuid, manufacturer text, serial text, kind text, algorithm text,
      digits int, period int, secret text, "keyId" text, "importId" uuid, "expiresAt" timestamptz, signature text, counter bigint, drift int)
    ON CONFLICT (manufacturer, serial) DO NOTHING RETURNING id::text`;
  const isAdded = new Set(added.map(({ id }) => id));
  for (const { id, at, serial } of rows) if (!isAdded.has(id)) leftOut.push({ at, serial, fault: 'serial-known' });
  return added.length;
}

/** What waited for longer than a day is over, and its file gone. */
async function endOld(tx: Transaction): Promise<void> {
  const ended = await tx.$queryRaw<{ id: string; sha256: string }[]>`
    UPDATE token_import SET state = 'expired', file = NULL WHERE state = 'waiting' AND expires_at <= clock_timestamp() RETURNING id::text, sha256`;
  for (const { id, sha256 } of ended)
    await recordLeaf(
      tx,
      { type: 'token-import.expired', outcome: 'expired', actor: { type: 'service', name: VERIFIER }, do: { import: id, sha256 } },
      VERIFIER,
    );
}

async function orFault<T extends object>(reading: Promise<T>): Promise<T | { fault: FileFault }> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof FileRefused) return { fault: error.fault };
    throw error;
  }
}

function refusedFile(fault: FileFault): Refused {
  return { refusal: 'token-file-refused', fault };
}
