import { randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { z } from 'zod';
import { codeFromBytes } from '#domain/codes.ts';
import { DEVICE_DEEDS, DEVICE_NAME, DEVICE_STATES, TICKET_SYMBOLS, type DeviceDeed } from '#domain/device.ts';
import { devicePurpose } from '#domain/device-statement.ts';
import { Refusal, type RefusalCode } from '#domain/refusals.ts';
import type { DeviceDeedAnswer } from '#workflows/messages.ts';
import type { ConsoleDeps } from './console-deps.ts';
import { stateReason } from './decisions.ts';
import { ownFactor, sealedFactor } from './delegation-shapes.ts';
import { deviceById, deviceShown, deviceSummaries, deviceSummary, deviceTicket } from './device-shapes.ts';
import { endpoint, signedIn, type Ask } from './endpoint.ts';
import { beginOfficerCeremony, officerCeremony } from './officer-ceremony.ts';
import { carryOut } from './sealed-deed.ts';
import { byId } from './shapes.ts';
import { reason, text } from './typed.ts';

const READERS = ['help-desk', 'security-officer', 'auditor', 'administrator', 'operator'] as const;
const MAKERS = ['help-desk', 'security-officer', 'administrator'] as const;
const refusals = [
  'role-needed',
  'account-not-active',
  'recently-reset',
  'factors-replaced',
  'factor-not-accepted',
  'passkey-not-accepted',
  'passkey-not-verified',
  'passkey-synced',
  'ceremony-over',
  'service-unavailable',
  'too-many-requests',
] as const satisfies readonly RefusalCode[];

const deviceName = z
  .string()
  .max(253)
  .transform((name) => name.trim().toLowerCase())
  .pipe(z.string().regex(DEVICE_NAME, 'is no host name such as laptop-17.bank.test'));
const confirmed = { reason, by: ownFactor };
const changed = z.object({ id: z.string(), message: z.string() });
type Done = Extract<DeviceDeedAnswer, { outcome: 'done' }>;
type Deed = { deed: DeviceDeed; about: string; reason: string; by: z.infer<typeof ownFactor>; ticket?: string };

/** The devices that may hold an old password: shown, let in by tickets, approved and revoked. What agents ask is in device-endpoints.ts. */
export function devicesEndpoints(deps: ConsoleDeps & { verifierKey: KeyObject }) {
  const { db, hash, admission, verifierKey } = deps;
  const done = async (ask: Ask<unknown, unknown, unknown>, { deed, about, reason: stated, by, ticket }: Deed): Promise<Done> => {
    const session = signedIn(ask);
    await admission.step(`devices of ${session.account}`);
    const { digest } = await stateReason(db, hash, { approval: devicePurpose(deed, about), person: session.account, typed: stated });
    const what = { deed, about, ...(ticket ? { ticket } : {}) };
    const value = { account: session.account, ...what, reason: digest, by: sealedFactor(by), source: ask.source };
    return carryOut<Done>(deps, 'deviceDeed', 'device-deed', { session, nonce: ask.nonce, value });
  };
  const known = async (id: string) => {
    if ((await db.device.count({ where: { id } })) === 0) throw new Refusal('not-found');
  };

  return {
    list: endpoint(
      {
        summary: 'Devices that may hold a cached credential, by name',
        access: READERS,
        query: z.strictObject({
          state: z.enum(DEVICE_STATES).optional(),
          /** A part of its name, or of the name of an account that it has cached. */
          text: text(256).optional(),
          limit: z.coerce.number().int().min(1).max(1000).default(200),
        }),
        replies: { 200: { description: 'Devices', schema: z.object({ items: z.array(deviceSummary), total: z.int() }) } },
        refusals: [],
      },
      async ({ query }) => {
        const contains = { contains: query.text ?? '', mode: 'insensitive' } as const;
        const where = {
          ...(query.state ? { state: query.state } : {}),
          ...(query.text ? { OR: [{ name: contains }, { accountName: contains }, { accounts: { some: { name: contains } } }] } : {}),
        };
        const [items, total] = [await deviceSummaries(db, verifierKey, where, query.limit), await db.device.count({ where })];
        return { status: 200, body: { items, total } };
      },
    ),

    show: endpoint(
      {
        summary: 'One device: whose credentials it has cached, and what became of its notices',
        access: READERS,
        params: byId,
        replies: { 200: { description: 'The device', schema: deviceShown } },
        refusals: ['not-found'],
      },
      async (ask) => {
        const body = await deviceById(db, verifierKey, ask.params.id, signedIn(ask).account);
        if (!body) throw new Refusal('not-found');
        return { status: 200, body };
      },
    ),

    begin: endpoint(
      {
        summary: 'Begin to make a ticket, approve or revoke with a key: what the browser is to ask it',
        access: MAKERS,
        body: z.strictObject({ deed: z.enum(DEVICE_DEEDS), about: z.union([z.uuid(), deviceName]), reason }),
        replies: { 201: { description: 'A ceremony, good for one use within minutes', schema: officerCeremony } },
        refusals: ['too-many-requests'],
        keepNoAnswer: true,
      },
      async (ask) => {
        const { account } = signedIn(ask);
        await admission.step(`ceremonies of ${account}`);
        const purpose = devicePurpose(ask.body.deed, ask.body.about);
        return { status: 201, body: await beginOfficerCeremony(deps, { account, purpose, about: purpose, reason: ask.body.reason }) };
      },
    ),

    ticket: endpoint(
      {
        summary: 'Make a ticket by which one device of this name enrols its key: it stands in this answer, this once',
        access: MAKERS,
        body: z.strictObject({ name: deviceName, ...confirmed }),
        replies: {
          201: { description: 'The ticket', schema: deviceTicket },
        },
        refusals,
        keepNoAnswer: true,
      },
      async (ask) => {
        const { name } = ask.body;
        // Sent again with the same key because no answer came, the same request shows the same ticket.
        const bytes = ask.repeatable ? hash('device-ticket', signedIn(ask).id, ask.nonce, name) : randomBytes(TICKET_SYMBOLS);
        const ticket = codeFromBytes(bytes.subarray(0, TICKET_SYMBOLS));
        const { about, expiresAt = '' } = await done(ask, { ...ask.body, deed: 'ticket', about: name, ticket });
        return { status: 201, body: { id: about, name, ticket, expiresAt } };
      },
    ),

    approve: endpoint(
      {
        summary: 'Approve a device that has enrolled by the ticket of somebody else',
        access: MAKERS,
        params: byId,
        body: z.strictObject(confirmed),
        replies: { 200: { description: 'Active', schema: changed } },
        refusals: [...refusals, 'not-found', 'device-not-there', 'device-not-waiting', 'device-second-person'],
      },
      async (ask) => {
        const { id } = ask.params;
        await known(id);
        await done(ask, { ...ask.body, deed: 'approve', about: id });
        return { status: 200, body: { id, message: 'The device is active. Its agent learns of it within a minute.' } };
      },
    ),

    revoke: endpoint(
      {
        summary: 'Revoke a device: its connections end at once, and its key counts for nothing any more',
        access: MAKERS,
        params: byId,
        body: z.strictObject(confirmed),
        replies: { 200: { description: 'Revoked', schema: changed } },
        refusals: [...refusals, 'not-found', 'device-not-there'],
      },
      async (ask) => {
        const { id } = ask.params;
        await known(id);
        await done(ask, { ...ask.body, deed: 'revoke', about: id });
        return {
          status: 200,
          body: { id, message: 'The device is revoked. What it holds of old passwords, it keeps: see to it by hand.' },
        };
      },
    ),
  };
}
