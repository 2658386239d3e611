import { appShows } from '#test/support/app-shows.ts';
import { randomBytes, randomUUID } from 'node:crypto';
import { ScureBase32Plugin } from 'otplib';
import { CODE_SYMBOLS, codeFromBytes } from '#domain/codes.ts';
import { person, seal, type Enrolled, type World } from './world.ts';

/** An authenticator app that was not enrolled yet. */
export interface App {
  totp: Uint8Array;
  settings: { secret: string; algorithm: 'sha1' | 'sha256' | 'sha512'; digits: 6 | 7 | 8; period: 30 | 60 };
}

export function newApp(settings: Partial<App['settings']> = {}): App {
  const totp = new Uint8Array(randomBytes(settings.algorithm === 'sha512' ? 64 : settings.algorithm === 'sha256' ? 32 : 20));
  const secret = new ScureBase32Plugin().encode(totp, { padding: false });
  return { totp, settings: { secret, algorithm: 'sha1', digits: 6, period: 30, ...settings } };
}

/** What the app shows now, or so many of its steps from now. */
export function shows({ totp, settings }: App, steps = 0): string {
  return appShows({ ...settings, secret: totp }, steps);
}

/** Does something under My factors; answers 'done' or the refusal. */
export async function change(
  world: World,
  who: Pick<Enrolled, 'guid'>,
  what: object,
  by?: object,
  request: string = randomUUID(),
): Promise<string> {
  const sealed = await seal(world, 'own-factor', request, { account: who.guid, what, ...(by ? { by } : {}), source: '10.1.2.3' });
  const answer = await world.verifier.changeFactor({ request, account: who.guid, sealed });
  return answer.outcome === 'done' ? 'done' : answer.code;
}

export const addApp = (app: App, more: { replaces?: string; code?: string; name?: string } = {}) => ({
  deed: 'app',
  totp: app.settings,
  code: more.code ?? shows(app),
  name: more.name ?? 'my phone',
  ...(more.replaces ? { replaces: more.replaces } : {}),
});

/** A ticket that the help desk hands to somebody standing there. */
export async function ticketFor(world: World, account: string): Promise<string> {
  const agent = person(`desk-${randomBytes(4).toString('hex')}`, { groups: ['S-CS-Help-Desk'] });
  world.directory.set(agent.guid, agent);
  const request = randomUUID();
  const code = codeFromBytes(randomBytes(CODE_SYMBOLS));
  const sealed = await seal(world, 'issued-code', request, { account, code, issuer: agent.guid });
  const answer = await world.verifier.storeIssuedCode({ request, issuer: agent.guid, checked: ['identity-document'], sealed });
  if (answer.outcome !== 'issued') throw new Error(`not issued: ${answer.code}`);
  return code;
}

export const appsOf = (world: World, who: Pick<Enrolled, 'guid'>) =>
  world.superuser.totp.findMany({ where: { accountGuid: who.guid }, orderBy: { enrolledAt: 'asc' } });
