import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import type { TokenDeedAnswer } from '#activities/token-contract.ts';
import { codeAt, type CodeSecret } from '#activities/verify/one-time-code.ts';
import type { TokenDeed } from '#domain/token.ts';
import { container, newSealing, type Sealing, type Seeded } from '#test/tokens/a-container.ts';
import { codeNow, seal, type Enrolled, type World } from './world.ts';

/** A code counts once: from here on it is as if half a minute had passed for every authenticator app. */
export async function afresh({ superuser }: World): Promise<void> {
  await superuser.burn.deleteMany({ where: { consumed: { startsWith: 'totp:' } } });
  await superuser.totp.updateMany({ data: { lastStep: null } });
}

/** One deed at the terminal, confirmed with the code that the person's app shows. */
export async function deed(
  world: World,
  what: TokenDeed,
  by: Enrolled,
  value: object,
  request: string = randomUUID(),
): Promise<TokenDeedAnswer> {
  const typed = { deed: what, by: by.samAccountName, code: codeNow(by), ...value };
  return world.verifier.tokenDeed({ request, deed: what, sealed: await seal(world, 'token-deed', request, typed) });
}

/** What was refused, and for a file its fault. */
export const said = (answer: TokenDeedAnswer): string => (answer.outcome === 'done' ? 'done' : (answer.fault ?? answer.code));

export const asPskc = { format: 'pskc', plain: false, signer: null } as const;

export async function brought(world: World, by: Enrolled, tokens: readonly Seeded[], sealing: Sealing): Promise<string> {
  const answer = await deed(world, 'bring', by, { file: container(tokens, sealing), reading: asPskc });
  assert.ok(answer.outcome === 'done' && answer.import, said(answer));
  return answer.import;
}

/** Tokens that two people imported. */
export async function inStock(world: World, one: Enrolled, other: Enrolled, tokens: readonly Seeded[]): Promise<void> {
  await afresh(world);
  const sealing = newSealing();
  const id = await brought(world, one, tokens, sealing);
  const answer = await deed(world, 'confirm', other, { import: id, key: sealing.key.toString('hex') });
  assert.ok(answer.outcome === 'done' && answer.taken === tokens.length, JSON.stringify(answer));
  await afresh(world);
}

/** Somebody's token as they hold it in their hand. */
export interface InHand {
  serial: string;
  secret: CodeSecret;
  /** Null for a token with a counter. */
  period: 30 | 60 | null;
  /** The next code of a token with a counter, or the one of so many steps from now. */
  shows: (moving?: number) => string;
}

export function newToken(serial: string, kind: 'hotp' | 'totp'): { seeded: Seeded; hand: InHand } {
  const bytes = randomBytes(20);
  const secret: CodeSecret = { secret: bytes, algorithm: 'sha256', digits: 8 };
  const period = kind === 'totp' ? 60 : null;
  const now = (): number => (period ? Math.floor(Date.now() / 1000 / period) : 0);
  const seeded: Seeded = { serial, secret: bytes, kind, suite: 'HMAC-SHA256', digits: 8, period: period ?? 0 };
  return { seeded, hand: { serial, secret, period, shows: (moving = 0) => codeAt(secret, now() + moving) } };
}

/** Given to somebody by the help desk; the two codes are those of `from` and the one after it. */
export async function given(world: World, desk: Enrolled, holder: Enrolled, token: InHand, from: number): Promise<string> {
  await afresh(world);
  const value = {
    serial: token.serial,
    account: holder.samAccountName,
    holder: holder.recoveryCodes.shift() ?? '',
    codes: [token.shows(from), token.shows(from + 1)],
  };
  return said(await deed(world, 'assign', desk, value));
}
