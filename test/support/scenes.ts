import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { Next, ProofMethod } from '#domain/next.ts';
import type { Operation } from '#domain/operation.ts';
import type { ResetState } from '#domain/reset-state.ts';
import { httpClient, type Answer, type Client } from './http-client.ts';
import type { Cast } from './people.ts';
import { beginDecision, signedDecision, type Stated } from './signing.ts';
import type { TestStack } from './stack.ts';

export interface Moved {
  next: Next;
  code?: string;
  reasons?: string[];
}

/** A claimant at the portal's JSON, step by step. Each step returns the answer as it came; nothing is asserted here. */
export interface Claimant {
  http: Client;
  reference: string;
  name: (account: string, key?: string) => Promise<Answer<Moved & { reference: string }>>;
  prove: (value: string, proof?: ProofMethod, key?: string) => Promise<Answer<Moved>>;
  factor: (value: string, key?: string) => Promise<Answer<Moved>>;
  /** What shall be done, where the account is locked and its rule lets it be unlocked. */
  operate: (operation: Operation, key?: string) => Promise<Answer<Moved>>;
  choose: (password: string, key?: string) => Promise<Answer<Moved>>;
  /** The same by somebody whose old password others may know. */
  chooseAndEndOld: (password: string, key?: string) => Promise<Answer<Moved>>;
  cancel: () => Promise<Answer<Moved>>;
  look: () => Promise<Answer<{ state: ResetState; next: Next }>>;
  /** Looks until the reset is in one of these states. */
  until: (...states: ResetState[]) => Promise<{ state: ResetState; next: Next }>;
  close: () => void;
}

let lastSource = 10;

/** A loopback address of its own for each claimant, so that one test's limits never touch another's. */
export function newSource(): string {
  lastSource += 1;
  return `127.7.${Math.floor(lastSource / 250)}.${(lastSource % 250) + 1}`;
}

export function claimant(run: TestStack['run'], source: string = newSource()): Claimant {
  const http = httpClient(run, source);
  const path = (step: string): string => `/api/v1/portal/resets/${self.reference}${step}`;
  const key = (given?: string): Record<string, string> => ({ 'idempotency-key': given ?? randomUUID() });
  const self: Claimant = {
    http,
    reference: '',
    async name(account, given) {
      const answer = await http.post<Moved & { reference: string }>('/api/v1/portal/resets', { account }, key(given));
      self.reference = answer.body.reference ?? '';
      return answer;
    },
    prove: (value, proof = 'recovery-code', given) => http.post(path('/proofs'), { proof, value }, key(given)),
    factor: (value, given) => http.post(path('/factors'), { factor: 'totp', value }, key(given)),
    operate: (operation, given) => http.post(path('/operation'), { operation }, key(given)),
    choose: (password, given) => http.post(path('/password'), { password }, key(given)),
    chooseAndEndOld: (password, given) => http.post(path('/password'), { password, endOldPassword: true }, key(given)),
    cancel: () => http.post(path('/cancel'), {}),
    look: () => http.get(path('')),
    async until(...states) {
      const deadline = Date.now() + 120_000;
      for (;;) {
        const { status, body, text } = await self.look();
        assert.equal(status, 200, text);
        if (states.includes(body.state)) return body;
        assert.ok(Date.now() < deadline, `still ${body.state}, not ${states.join(' or ')}`);
        // Leaves the two cores to the server between two looks; the outcome does not depend on it.
        await setTimeout(40);
      }
    },
    close: () => http.close(),
  };
  return self;
}

/** A claimant who has named the account and passed proof and factor. Returns the last answer's `next`. */
export async function proven(run: TestStack['run'], people: Cast, account: string): Promise<{ who: Claimant; next: Next }> {
  const who = claimant(run);
  assert.equal((await who.name(account)).status, 201);
  const proof = await who.prove(await people.recoveryCode(account));
  assert.equal(proof.status, 200, proof.text);
  const factor = await who.factor(await people.code(account));
  assert.equal(factor.status, 200, factor.text);
  return { who, next: factor.body.next };
}

/** Somebody signed in at the console with password and factor. */
export async function signedIn(
  run: TestStack['run'],
  people: Cast,
  account: string,
  password: string = people.password(account),
): Promise<Client> {
  const http = httpClient(run, newSource());
  const first = await http.post('/api/v1/session', { account, password });
  assert.equal(first.status, 200, first.text);
  const second = await http.post('/api/v1/session/factor', { factor: 'totp', value: await people.code(account) });
  assert.equal(second.status, 200, second.text);
  return http;
}

export interface InboxItem {
  requestCode: string;
  /** What the page shows and the approver signs. */
  shown: string[];
  id: string;
  resetId: string;
  reference: string;
  stage: number;
  label: string;
  state: string;
  mine: boolean;
  mayDecide: boolean;
  whyNot: string | null;
  privilegedBecause: string | null;
  proofs: string[];
  factors: string[];
}

/** The open approval of a reset as this person's inbox shows it. */
export async function inboxItem(http: Client, reference: string): Promise<InboxItem | undefined> {
  const { status, body, text } = await http.get<{ items: InboxItem[] }>('/api/v1/approvals');
  assert.equal(status, 200, text);
  return body.items.find((item) => item.reference === reference && item.state === 'waiting');
}

/** Decides as the console does: signed with the approver's key, unless the caller brings a one-time code. */
export async function decide(
  http: Client,
  people: Cast,
  account: string,
  id: string,
  decision: 'approve' | 'deny',
  totp?: string,
): Promise<Answer<{ state?: string; code?: string }>> {
  const stated = { decision, reason: `${decision} for a test` };
  const confirmed = totp === undefined ? await signed(http, people, account, id, stated) : { ...stated, totp };
  return 'signature' in confirmed || 'totp' in confirmed ? http.post(`/api/v1/approvals/${id}/decisions`, confirmed) : confirmed;
}

/** The body of a signed decision, or the refusal of its ceremony. */
export async function signed(http: Client, people: Cast, account: string, id: string, stated: Stated) {
  const key = await people.key(account, http);
  const begun = await beginDecision(http, id, stated);
  return begun.status === 201 ? signedDecision(begun.body, stated, key, people.page) : begun;
}

/** A password that the demo's rules accept and nobody has used. */
export function freshPassword(): string {
  return `Kiesel-${randomUUID().slice(0, 8)}-Zaun`;
}

/** The whole reset of a protected account: proven, approved by its two stages, written and done. */
export async function protectedReset(run: TestStack['run'], people: Cast): Promise<void> {
  const { who } = await proven(run, people, 'rosa.klein');
  for (const approver of ['ines.duarte', 'quentin.roux'] as const) {
    const http = await signedIn(run, people, approver);
    const item = await inboxItem(http, who.reference);
    assert.ok(item);
    assert.equal((await decide(http, people, approver, item.id, 'approve')).status, 200);
  }
  assert.equal((await who.until('choosing-password', 'refused')).state, 'choosing-password');
  assert.equal((await who.choose(freshPassword())).status, 202);
  assert.equal((await who.until('done', 'refused')).state, 'done');
}
