import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Database } from '#db';
import { codeFromBytes, CODE_SYMBOLS } from '#domain/codes.ts';
import { Refusal } from '#domain/refusals.ts';
import type { IssueCodeAnswer, IssueCodeAsked } from '#workflows/messages.ts';
import { endpoint, signedIn } from './endpoint.ts';
import type { Engine } from './engine.ts';
import { uuidOf, type KeyedHash } from './keyed-hash.ts';
import type { Sealer } from './seal.ts';
import { moment } from './shapes.ts';
import { accountName } from './typed.ts';

/** What the help desk can have checked about a person in front of it. */
export const CHECKS = ['photo-id', 'employee-card', 'known-in-person', 'call-back'] as const;
const checked = z
  .array(z.enum(CHECKS))
  .min(2, 'needs at least two checks')
  .max(CHECKS.length)
  .refine((list) => new Set(list).size === list.length, 'names a check twice');

/**
 * The help desk hands a code to a person it has checked. The code is made here, sealed to the verifier, which keeps only
 * its hash, and shown once. A repeated request gets the same code without our storing it: it is derived from the key.
 */
export function issuedCodesEndpoints({ db, hash, sealer, engine }: { db: Database; hash: KeyedHash; sealer: Sealer; engine: Engine }) {
  return {
    issue: endpoint(
      {
        summary: 'Issue a code after checking a person',
        access: ['help-desk'],
        body: z.strictObject({ account: accountName, checked }),
        replies: {
          201: { description: 'The code, this once', schema: z.object({ code: z.string(), expiresAt: moment, account: z.string() }) },
        },
        refusals: ['account-not-served', 'issuer-own-account', 'service-unavailable'],
        keepNoAnswer: true,
      },
      async (ask) => {
        const session = signedIn(ask);
        const { account } = ask.body;
        const bytes = ask.repeatable
          ? hash('issued-code', session.id, ask.nonce, account).subarray(0, CODE_SYMBOLS)
          : randomBytes(CODE_SYMBOLS);
        const request = uuidOf(hash('issued-code-request', session.id, ask.nonce));
        const code = codeFromBytes(bytes);
        const sealed = await sealer.seal(db, {
          recipient: 'verifier',
          purpose: 'issued-code',
          subject: request,
          value: { account, code, issuer: session.account, source: ask.source },
        });
        const asked: IssueCodeAsked = { request, issuer: session.account, checked: ask.body.checked, sealed: sealed.id };
        const answer = await engine.run<IssueCodeAnswer>('issueCode', `issue-code/${request}`, asked);
        if (answer.outcome === 'refused') throw new Refusal(answer.code);
        return { status: 201, body: { code, expiresAt: answer.expiresAt, account } };
      },
    ),
  };
}
