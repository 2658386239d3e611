import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import { randomUUID } from 'node:crypto';
import type { Answer } from '#test/support/http-client.ts';
import type { Hired } from '#test/support/hired.ts';
import { passwordVersion } from '#test/support/directory.ts';
import { claimant, freshPassword, type Claimant, type Moved } from '#test/support/scenes.ts';
import type { World } from '#test/support/world.ts';

export const REQUESTS = ['name', 'prove', 'factor', 'choose'] as const;
export type Request = (typeof REQUESTS)[number];

/** A claimant whose every request keeps one Idempotency-Key and is repeated until it has an answer, as a person would. */
export interface UnderFire {
  account: string;
  who: Claimant;
  /** The last password that was chosen. */
  password: string;
  /** unicodePwd's version before the reset. */
  version: number;
  reset: () => Promise<string>;
  /** The first answer of the reset itself, whatever it says. */
  ask: (request: Request) => Promise<Answer<Moved>>;
  /** Every request before this one. */
  upTo: (request: Request) => Promise<void>;
  /** The same typed things under the same key again. */
  repeat: (request: Request) => Promise<Answer<Moved>>;
  /** A request that was answered with a no is typed anew, under a new key. */
  forget: (request: Request) => void;
}

const PATIENCE_MS = 120_000;

export async function underFire(world: World, { account, code, recoveryCode }: Hired): Promise<UnderFire> {
  const who = claimant(world.stack.run);
  const recovery = recoveryCode();
  const made = new Map<Request, () => Promise<Answer<Moved>>>();

  const newRequest = (request: Request): (() => Promise<Answer<Moved>>) => {
    const key = randomUUID();
    if (request === 'name') return () => who.name(account, key);
    if (request === 'prove') return () => who.prove(recovery, 'recovery-code', key);
    if (request === 'factor') {
      const digits = code();
      return () => who.factor(digits, key);
    }
    const password = freshPassword();
    self.password = password;
    return () => who.choose(password, key);
  };
  const send = (request: Request): Promise<Answer<Moved>> => {
    const known = made.get(request) ?? newRequest(request);
    made.set(request, known);
    return known();
  };
  const self: UnderFire = {
    account,
    who,
    password: '',
    version: await passwordVersion(world.directory, account),
    reset: () => world.resetId(who.reference),
    async ask(request) {
      const giveUp = Date.now() + PATIENCE_MS;
      for (;;) {
        const answer = await send(request).catch(() => undefined);
        // A part that is down has no `next` to offer.
        if (answer && (answer.status < 300 || answer.body.next)) return answer;
        assert.ok(Date.now() < giveUp, `"${request}" is never answered: ${answer?.text ?? 'no connection'}`);
        await setTimeout(500);
      }
    },
    async upTo(request) {
      for (const earlier of REQUESTS.slice(0, REQUESTS.indexOf(request))) {
        const answer = await self.ask(earlier);
        assert.ok(answer.status < 300, answer.text);
      }
    },
    repeat: send,
    forget: (request) => void made.delete(request),
  };
  return self;
}
