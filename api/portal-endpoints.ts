import { z } from 'zod';
import type { Database } from '#db';
import { REFUSAL_OF_CARD_FAULT } from '#domain/card-refusals.ts';
import { LONGEST_TICKET } from '#evidence/card-ticket.ts';
import { EVERYTHING, type Changes } from '#prisma/changes.ts';
import { deviceAnswer } from './at-device-endpoints.ts';
import { RESET_COOKIE, setCookie } from './cookies.ts';
import { endpoint } from './endpoint.ts';
import { judgedAsTyped } from './password-check.ts';
import type { PortalFlow } from './portal-flow.ts';
import { afterwardsShape } from './watch-view.ts';
import { codeMethod, endOldPassword, next, operation, proofMethod, resetState, returnMethod } from './shapes.ts';
import { createStreams } from './streams.ts';
import { accountName, code, password, text } from './typed.ts';

const byReference = z.object({ reference: z.string().max(64) });
const answersNext = { 200: { description: 'What the claimant can do now', schema: z.object({ next }) } };
const begun = z.object({ reference: z.string(), next });
const stepRefusals = [
  'wrong-browser',
  'not-now',
  'reset-ended',
  'reset-expired',
  'not-accepted',
  'superseded',
  'too-many-requests',
] as const;
const cardRefusals = ['card-not-set-up', 'card-ticket-over', ...Object.values(REFUSAL_OF_CARD_FAULT)] as const;
const accountRefusals = [
  'not-locked',
  'account-disabled',
  'account-expired',
  'smart-card-required',
  'no-rule',
  'no-approver',
  'another-reset',
] as const;

/** A number that the client chooses, 128 random bits: what is shown under it is shown again under it. */
const formNumber = z.string().regex(/^[\w-]{22}$/);
const newFactors = z.object({
  account: z.string(),
  app: z.object({
    key: z.string(),
    uri: z.string(),
    algorithm: z.enum(['sha1', 'sha256', 'sha512']),
    digits: z.union([z.literal(6), z.literal(7), z.literal(8)]),
    period: z.union([z.literal(30), z.literal(60)]),
  }),
  codes: z.array(z.string()),
});

/** The claimant's side as JSON. The pages under /reset call the same flow. */
export function portalEndpoints({
  flow,
  changes,
  db,
  stopping,
}: {
  flow: PortalFlow;
  changes: Changes;
  db: Database;
  stopping: AbortSignal;
}) {
  const streams = createStreams(4, stopping);

  return {
    begin: endpoint(
      {
        summary: 'Name an account and begin a reset',
        access: 'public',
        body: z.strictObject({ account: accountName }),
        replies: { 201: { description: 'Begun; a cookie binds this browser to the reset', schema: begun } },
        refusals: ['too-many-requests', 'site-busy', 'reset-expired', 'not-now'],
        keepNoAnswer: true,
      },
      async ({ body, source, nonce }) => {
        const { reference, next: now, browserToken } = await flow.begin({ account: body.account, source, nonce });
        return { status: 201, body: { reference, next: now }, cookie: setCookie(RESET_COOKIE, browserToken) };
      },
    ),

    resume: endpoint(
      {
        summary: 'Come back with the reference and a fresh code; after losing every factor, with one that the help desk issued',
        access: 'public',
        body: z.strictObject({ reference: text(64), factor: returnMethod, value: code }),
        replies: { 200: { description: 'This browser holds the reset now', schema: begun } },
        refusals: ['resume-refused', 'too-many-requests'],
        keepNoAnswer: true,
      },
      async ({ body, source, nonce }) => {
        const { reference, next: now, browserToken } = await flow.resume({ ...body, source, nonce });
        return { status: 200, body: { reference, next: now }, cookie: setCookie(RESET_COOKIE, browserToken) };
      },
    ),

    progress: endpoint(
      {
        summary: 'Where the reset stands',
        access: 'claimant',
        params: byReference,
        replies: {
          200: {
            description: 'State and what comes next',
            schema: z.object({
              reference: z.string(),
              state: resetState,
              next,
              requestCode: z.string(),
              passwordRules: z.array(z.string()),
              signInLimits: z.array(z.string()),
              passwordJudged: judgedAsTyped.optional(),
              cardAddress: z.string().optional(),
              recoveryCodesLeft: z.int().min(0).optional(),
              oneWayIn: z.boolean().optional(),
              told: z.string().nullable(),
              devices: z.array(z.object({ name: z.string(), words: z.string() })).optional(),
              afterwards: afterwardsShape.nullable(),
            }),
          },
        },
        refusals: ['wrong-browser'],
      },
      async ({ params, source, browserToken }) => ({ status: 200, body: await flow.progress({ ...params, source, browserToken }) }),
    ),

    prove: endpoint(
      {
        summary: 'Show who you are',
        access: 'claimant',
        params: byReference,
        body: z.union([
          z.strictObject({ proof: z.literal('known-device'), ...deviceAnswer }),
          z.strictObject({ proof: proofMethod, value: text(256) }),
        ]),
        replies: answersNext,
        refusals: ['proof-not-accepted', ...stepRefusals],
      },
      async ({ params, body, source, browserToken, nonce }) => ({
        status: 200,
        body: {
          next:
            body.proof === 'known-device'
              ? await flow.proveByDevice({ ...params, ...body, source, browserToken, nonce })
              : await flow.prove({ ...params, ...body, source, browserToken, nonce }),
        },
      }),
    ),

    checkFactor: endpoint(
      {
        summary: 'Show the code of the authenticator, or the ticket that the card listener gave',
        access: 'claimant',
        params: byReference,
        body: z.union([
          z.strictObject({ factor: z.literal('smart-card'), value: text(LONGEST_TICKET) }),
          z.strictObject({ factor: codeMethod, value: code }),
        ]),
        replies: answersNext,
        refusals: ['factor-not-accepted', ...cardRefusals, ...stepRefusals, ...accountRefusals],
      },
      async ({ params, body, source, browserToken, nonce }) => ({
        status: 200,
        body: { next: await flow.checkFactor({ ...params, ...body, source, browserToken, nonce }) },
      }),
    ),

    chooseOperation: endpoint(
      {
        summary: 'Say what shall be done: a new password, or only unlock',
        access: 'claimant',
        params: byReference,
        body: z.strictObject({ operation }),
        replies: answersNext,
        refusals: ['not-locked', 'operation-not-allowed', 'no-approver', ...stepRefusals],
      },
      async ({ params, body, source, browserToken, nonce }) => ({
        status: 200,
        body: { next: await flow.chooseOperation({ ...params, ...body, source, browserToken, nonce }) },
      }),
    ),

    loseFactors: endpoint(
      {
        summary: 'Say that nothing that makes codes is left, in the place of a factor',
        access: 'claimant',
        params: byReference,
        replies: answersNext,
        refusals: ['operation-not-allowed', 'stopped', ...stepRefusals, ...accountRefusals],
      },
      async ({ params, source, browserToken, nonce }) => ({
        status: 200,
        body: { next: await flow.loseFactors({ ...params, source, browserToken, nonce }) },
      }),
    ),

    newFactors: endpoint(
      {
        summary: 'The key of a new app and new recovery codes, which do not count yet',
        access: 'claimant',
        params: byReference,
        query: z.strictObject({ of: formNumber }),
        replies: { 200: { description: 'To be set up and kept, then confirmed under the same number', schema: newFactors } },
        refusals: ['wrong-browser', 'not-now'],
        keepNoAnswer: true,
      },
      async ({ params, query, source, browserToken }) => ({
        status: 200,
        body: await flow.newFactors({ ...params, source, browserToken }, query.of),
      }),
    ),

    replaceFactors: endpoint(
      {
        summary: 'Confirm the new app and codes: every factor from before ends',
        access: 'claimant',
        params: byReference,
        body: z.strictObject({ of: formNumber, name: text(64), code }),
        replies: answersNext,
        refusals: [
          'app-code-not-accepted',
          'app-known',
          'replacement-waits',
          'return-needed',
          'replacement-objected',
          'stopped',
          ...stepRefusals,
        ],
      },
      async ({ params, body, source, browserToken, nonce }) => ({
        status: 200,
        body: { next: await flow.replaceFactors({ ...params, ...body, source, browserToken, nonce }) },
      }),
    ),

    choosePassword: endpoint(
      {
        summary: 'Choose the new password',
        access: 'claimant',
        params: byReference,
        body: z.strictObject({ password, endOldPassword: endOldPassword.optional() }),
        replies: { 202: { description: 'Accepted; it is being set in the directory', schema: z.object({ next }) } },
        refusals: ['password-refused', 'banned-list-unusable', 'too-many-passwords', 'password-expired', ...stepRefusals],
      },
      async ({ params, body, source, browserToken, nonce }) => ({
        status: 202,
        body: { next: await flow.choosePassword({ ...params, ...body, source, browserToken, nonce }) },
      }),
    ),

    cancel: endpoint(
      {
        summary: 'Leave the reset; nothing is changed',
        access: 'claimant',
        params: byReference,
        replies: answersNext,
        refusals: stepRefusals,
      },
      async ({ params, source, browserToken, nonce }) => ({
        status: 200,
        body: { next: await flow.cancel({ ...params, source, browserToken, nonce }) },
      }),
    ),

    events: endpoint(
      {
        summary: 'State and next step as server-sent events',
        access: 'claimant',
        params: byReference,
        replies: { 200: { description: 'A stream of {state, next, afterwards}', mediaType: 'text/event-stream' } },
        refusals: ['wrong-browser', 'too-many-requests'],
      },
      async ({ params, source, browserToken, request, response }) => {
        // Asked anew for every push: a browser that no longer holds the reset sees no more of it.
        const look = () => flow.progress({ ...params, source, browserToken });
        const { reference } = await look();
        const { id } = await db.reset.findUniqueOrThrow({ where: { reference }, select: { id: true } });
        await streams.open({
          request,
          response,
          holder: id,
          skipSame: true,
          subscribe: (notice) => changes.on((change) => (change.id === id || change.id === EVERYTHING) && notice(change)),
          async pushes() {
            const { state, next: now, afterwards } = await look();
            return [{ event: 'message', data: { state, next: now, afterwards } }];
          },
        });
        return 'streamed';
      },
    ),
  };
}
