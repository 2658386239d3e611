import { z } from 'zod';
import { MODEL_FAULTS } from '#domain/passkey-demands.ts';
import { CEREMONY_SECONDS } from '#domain/passkey.ts';
import type { RefusalCode } from '#domain/refusals.ts';
import type { PasskeyAnswer } from '#workflows/messages.ts';
import type { ConsoleDeps } from './console-deps.ts';
import { endpoint, signedIn } from './endpoint.ts';
import { beginCeremony, confirmationWith, creationFor, ownKeys } from './own-keys.ts';
import { assertion, confirmation, passkeyName, registration, sealedAssertion, sealedRegistration } from './passkey-shapes.ts';
import { carryOut } from './sealed-deed.ts';
import { byId, moment } from './shapes.ts';
import { code } from './typed.ts';

const passkey = z.object({ id: z.string(), name: z.string(), enrolledAt: moment });
const done = z.object({ id: z.string(), message: z.string() });
type Done = Extract<PasskeyAnswer, { outcome: 'done' }>;
const refusals = [
  'account-not-active',
  'role-needed',
  'ceremony-over',
  'passkey-not-accepted',
  'passkey-not-verified',
  'passkey-synced',
  'service-unavailable',
  'too-many-requests',
] as const satisfies readonly RefusalCode[];

/** One's own keys. What a browser and a key answered is sealed to the verifier, which judges it; here it is only asked for. */
export function passkeysEndpoints(deps: ConsoleDeps) {
  const { db, admission, relyingParty } = deps;

  return {
    list: endpoint(
      {
        summary: "One's own keys",
        access: 'signed-in',
        replies: { 200: { description: 'Those that count, oldest first', schema: z.object({ items: z.array(passkey) }) } },
        refusals: [],
      },
      async (ask) => {
        const rows = await ownKeys(db, signedIn(ask).account);
        return {
          status: 200,
          body: { items: rows.map(({ id, name, enrolledAt }) => ({ id, name, enrolledAt: enrolledAt.toISOString() })) },
        };
      },
    ),

    begin: endpoint(
      {
        summary: 'Begin to add or remove a key: what the browser is to ask it',
        access: 'signed-in',
        body: z.strictObject({ deed: z.enum(['add', 'remove']) }),
        replies: {
          201: {
            description: `A ceremony, good for one use within ${CEREMONY_SECONDS} seconds; \`creation\` when a key is to be made`,
            schema: z.object({
              ceremony: z.string(),
              account: z.string(),
              notAfter: moment,
              creation: z.looseObject({}).optional(),
              confirmation,
            }),
          },
        },
        refusals: ['too-many-requests'],
        keepNoAnswer: true,
      },
      async (ask) => {
        const session = signedIn(ask);
        await admission.step(`ceremonies of ${session.account}`);
        const { account } = session;
        const { deed } = ask.body;
        const ceremony = await beginCeremony(db, account, `passkey/${deed}`);
        const creation = await creationFor(deps, { ceremony, name: session.name, resident: 'preferred' });
        const body = {
          ...ceremony,
          ...(deed === 'add' ? { creation } : {}),
          confirmation: confirmationWith(relyingParty, await ownKeys(db, account)),
        };
        return { status: 201, body };
      },
    ),

    add: endpoint(
      {
        summary: 'Register a key, confirmed by one that the person has, or by the authenticator and a recovery code',
        access: 'signed-in',
        body: z.strictObject({
          ceremony: z.uuid(),
          name: passkeyName,
          registration,
          by: z.union([z.strictObject({ totp: code, recoveryCode: code }), z.strictObject({ assertion })]),
        }),
        replies: { 201: { description: 'The key counts from now on', schema: done } },
        refusals: [...refusals, 'codes-not-accepted', 'passkey-known', 'too-many-passkeys', ...Object.values(MODEL_FAULTS)],
        keepNoAnswer: true,
      },
      async (ask) => {
        const session = signedIn(ask);
        await admission.step(`keys of ${session.account}`);
        const { ceremony, name, by } = ask.body;
        const value = {
          account: session.account,
          ceremony,
          name: name.normalize('NFC'),
          registration: sealedRegistration(ask.body.registration),
          by: 'assertion' in by ? { assertion: sealedAssertion(by.assertion) } : by,
          source: ask.source,
        };
        const { passkey: id } = await carryOut<Done>(deps, 'addPasskey', 'passkey', { session, nonce: ask.nonce, value });
        return { status: 201, body: { id, message: 'The key is registered. You can sign your decisions with it from now on.' } };
      },
    ),

    remove: endpoint(
      {
        summary: 'Remove a key, signed with one that the person has',
        access: 'signed-in',
        params: byId,
        body: z.strictObject({ ceremony: z.uuid(), assertion }),
        replies: { 200: { description: 'The key counts no more', schema: done } },
        refusals: [...refusals, 'not-found'],
        keepNoAnswer: true,
      },
      async (ask) => {
        const session = signedIn(ask);
        await admission.step(`keys of ${session.account}`);
        const value = {
          account: session.account,
          ceremony: ask.body.ceremony,
          passkey: ask.params.id,
          assertion: sealedAssertion(ask.body.assertion),
          source: ask.source,
        };
        const { passkey: id } = await carryOut<Done>(deps, 'dropPasskey', 'passkey-removal', { session, nonce: ask.nonce, value });
        return { status: 200, body: { id, message: 'The key is removed. Nothing can be signed with it any more.' } };
      },
    ),
  };
}
