import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { ScureBase32Plugin } from 'otplib';
import { appShows } from '#test/support/app-shows.ts';
import type { Hired } from '#test/support/hired.ts';
import type { Client } from '#test/support/http-client.ts';
import { privilegedRule } from '#test/support/policies.ts';
import { formVisitor, type FormVisitor } from '#test/support/portal-forms.ts';
import { claimant, decide, inboxItem, newSource, signedIn, type Claimant, type Moved } from '#test/support/scenes.ts';
import { httpClient } from '#test/support/http-client.ts';
import type { World } from '#test/support/world.ts';

/** The demo bank, where lost factors are replaced after so long. */
export const lostAfter = (wait: string): string => `rules:${privilegedRule}
  - id: standard
    when: { protected: false }
    may: [new-password, replace-factors]
    accept: [{ name: a code and the authenticator, proofs: [recovery-code], factors: [totp] }]
    approvals: []
    replaceFactors:
      accept: [{ name: help desk code, proofs: [issued-code] }]
      approvals: [{ label: manager, by: { relation: manager } }]
      wait: ${wait}`;

/** A code that the help desk issues to somebody standing there. */
export async function issued(desk: Client, account: string): Promise<string> {
  const answer = await desk.post<{ code: string }>('/api/v1/issued-codes', { account, checked: ['photo-id', 'known-in-person'] });
  assert.equal(answer.status, 201, answer.text);
  return answer.body.code;
}

/** The manager decides with their key about what they are shown. */
export async function managerDecides(
  { people }: Pick<World, 'people'>,
  manager: Client,
  reference: string,
  decision: 'approve' | 'deny' = 'approve',
): Promise<string[]> {
  const item = (await inboxItem(manager, reference)) ?? assert.fail('the manager is not asked');
  const decided = await decide(manager, people, 'ines.duarte', item.id, decision);
  assert.equal(decided.status, 200, decided.text);
  return item.shown;
}

/** Named, proven by the help desk's code, and lost, by JSON. */
export async function lostByJson({ stack }: Pick<World, 'stack'>, desk: Client, account: string): Promise<Claimant> {
  const who = claimant(stack.run);
  assert.equal((await who.name(account)).status, 201);
  assert.equal((await who.prove(await issued(desk, account), 'issued-code')).status, 200);
  return who;
}
export const sayLost = (who: Claimant) => who.http.post<Moved>(`/api/v1/portal/resets/${who.reference}/lost-factors`, {});

/** Back in another browser with the reference and a fresh code of the help desk. */
export async function backByJson({ stack }: Pick<World, 'stack'>, desk: Client, account: string, reference: string) {
  const http = httpClient(stack.run, newSource());
  const value = await issued(desk, account);
  const answer = await http.post<Moved>('/api/v1/portal/resume', { reference, factor: 'issued-code', value });
  return { http, answer };
}

interface Shown {
  app: { key: string; digits: number; period: number };
  codes: string[];
}

/** What is shown before it counts, and what the new app shows. */
export async function newFactors(http: Client, reference: string) {
  const of = randomBytes(16).toString('base64url');
  const path = `/api/v1/portal/resets/${reference}/new-factors`;
  const shown = await http.get<Shown>(`${path}?of=${of}`);
  assert.equal(shown.status, 200, shown.text);
  const secret = new ScureBase32Plugin().decode(shown.body.app.key.replaceAll(' ', ''));
  const code = (steps = 0) => appShows({ secret }, steps);
  const confirm = (digits: string = code()) => http.post<Moved>(path, { of, name: 'new phone', code: digits });
  return { codes: shown.body.codes, code, confirm };
}

/** The same by forms, up to the page on which the wait stands or the factors are asked for. */
export async function lostByForms(
  { stack }: Pick<World, 'stack'>,
  desk: Client,
  { account }: Pick<Hired, 'account'>,
): Promise<FormVisitor> {
  const visitor = formVisitor(stack.run);
  await visitor.open('/');
  await visitor.send('/reset', { account });
  await visitor.send('/proof', { proof: 'issued-code', code: await issued(desk, account) });
  return visitor;
}

export const referenceOn = (page: string): string =>
  /\/reset\/((?:[0-9A-Z]{4}-){2}[0-9A-Z]{4})\//.exec(page)?.[1] ?? assert.fail('no reference');

/** The key and the codes on the page of new factors. */
export function onThePage(page: string) {
  const secret = (/<p class="key">([^<]+)<\/p>/.exec(page)?.[1] ?? '').replaceAll(' ', '');
  const [, list = ''] = /<ol class="codes">([\s\S]*?)<\/ol>/.exec(page) ?? [];
  const codes = [...list.matchAll(/<li>([^<]+)<\/li>/g)].map(([, code = '']) => code);
  return { codes, code: (steps = 0) => appShows({ secret }, steps) };
}

export const helpDesk = ({ stack, people }: Pick<World, 'stack' | 'people'>) => signedIn(stack.run, people, 'jonas.berg');
export const managerOf = ({ stack, people }: Pick<World, 'stack' | 'people'>) => signedIn(stack.run, people, 'ines.duarte');
