import { setTimeout as sleep } from 'node:timers/promises';
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Database } from '#db';
import { COMPUTER_ACCOUNT, DEVICE_NAME, isStageOf, OPEN_STATES, PLATFORMS, stateAfter, VERBS, type NoticeState } from '#domain/device.ts';
import { Refusal } from '#domain/refusals.ts';
import type { SignedDevice } from '#prisma/device-rows.ts';
import { readAck } from '#prisma/device-text.ts';
import { policyInForce } from '#prisma/policies.ts';
import type { AckAnswer, EnrolDeviceAnswer, EnrolDeviceAsked } from '#workflows/messages.ts';
import type { Admission } from './admission.ts';
import type { DeviceHub } from './device-hub.ts';
import { keepReport } from './device-report.ts';
import { deviceOf, endpoint } from './endpoint.ts';
import type { Engine } from './engine.ts';
import { uuidOf, type KeyedHash } from './keyed-hash.ts';
import type { Sealer } from './seal.ts';
import { byId } from './shapes.ts';
import { code } from './typed.ts';

export interface DeviceEndpointsDeps {
  db: Database;
  hash: KeyedHash;
  sealer: Sealer;
  engine: Engine;
  admission: Admission;
  hub: DeviceHub;
  /** The verifier's key for notices: its id, and its SubjectPublicKeyInfo in base64. */
  noticeKeys: readonly NoticeKey[];
  /** SubjectPublicKeyInfo in base64 of the writer whose sealed hashes a device may take. */
  writerKeys: readonly string[];
  /** Aborted when the process ends. */
  stopping: AbortSignal;
  document: () => object;
}

const noticeKey = z.object({ id: z.string(), publicKey: z.string() });
export type NoticeKey = z.infer<typeof noticeKey>;
const settings = z.object({ verb: z.enum(VERBS), reportEvery: z.int() });
const state = z.enum(['waiting', 'active', 'revoked']);
/** A statement of a device with its signature, passed on as it came. 500 accounts fit into 256 kB. */
const LARGEST_REPORT = 262_144;
const signature = z.string().regex(/^[A-Za-z0-9_-]{86}$/, 'is no Ed25519 signature in base64url');
const said = (max: number) => z.strictObject({ statement: z.string().min(1).max(max), signature });

/** What every device says that asks to be enrolled. */
const enrolling = {
  name: z
    .string()
    .transform((name) => name.toLowerCase())
    .pipe(z.string().regex(DEVICE_NAME, 'is no host name')),
  platform: z.enum(PLATFORMS),
  agent: z.string().regex(/^[0-9A-Za-z.+~-]{1,32}$/, 'is no version'),
};

/** What agents of devices ask and say (docs/device-protocol.md). */
export function deviceEndpoints(deps: DeviceEndpointsDeps) {
  const { db, hash, sealer, engine, admission, hub, noticeKeys, writerKeys } = deps;
  const settingsNow = async () => {
    const { verb, reportEvery } = (await policyInForce(db)).policy.devices;
    return { verb, reportEvery };
  };

  return {
    enrol: endpoint(
      {
        summary: 'Enrol the key of this connection with a ticket, or as the computer in whose directory account it stands',
        access: 'device-key',
        body: z.union([
          z.strictObject({ ticket: code, ...enrolling }),
          z.strictObject({ computer: z.string().regex(COMPUTER_ACCOUNT, 'is no name of a computer account'), ...enrolling }),
        ]),
        replies: {
          201: {
            description: 'Enrolled; a device that is waiting asks again until it is active',
            schema: z.object({
              device: z.string(),
              state,
              noticeKeys: z.array(noticeKey),
              writerKeys: z.array(z.string()),
              verb: z.enum(VERBS),
            }),
          },
        },
        refusals: ['device-unknown', 'device-ticket-refused', 'device-account-refused', 'device-known-before', 'too-many-requests'],
        keepNoAnswer: true,
      },
      async (ask) => {
        const caller = ask.device;
        if (!caller) throw new Refusal('device-unknown');
        await admission.attempt(ask.source);
        const request = uuidOf(hash('device-enrolment', caller.keyHash, ask.nonce));
        const publicKey = caller.publicKey.toString('base64');
        const value = { ...ask.body, publicKey, source: ask.source };
        const sealed = await sealer.seal(db, { recipient: 'verifier', purpose: 'device-enrolment', subject: request, value });
        const asked: EnrolDeviceAsked = { request, sealed: sealed.id };
        const answer = await engine.run<EnrolDeviceAnswer>('enrolDevice', `device-enrolment/${request}`, asked);
        if (answer.outcome === 'refused') throw new Refusal(answer.code);
        const { verb } = await settingsNow();
        return { status: 201, body: { device: answer.device, state: answer.state, noticeKeys, writerKeys, verb } };
      },
    ),

    show: endpoint(
      {
        summary: 'What is known of this device, and how it is to behave',
        access: 'device-enrolled',
        replies: {
          200: {
            description: 'The device',
            schema: z.object({ device: z.string(), name: z.string(), state, noticeKeys: z.array(noticeKey), settings }),
          },
        },
        refusals: ['device-unknown', 'device-revoked'],
      },
      async (ask) => {
        const device = deviceOf(ask);
        await seen(db, device);
        return {
          status: 200,
          body: { device: device.id, name: device.name, state: device.state, noticeKeys, settings: await settingsNow() },
        };
      },
    ),

    report: endpoint(
      {
        summary: 'Say whose credentials the device has cached, signed by its key',
        access: 'device',
        body: said(LARGEST_REPORT),
        longest: LARGEST_REPORT + 16_384,
        replies: { 204: { description: 'Kept' } },
        refusals: [
          'device-unknown',
          'device-revoked',
          'device-not-approved',
          'device-statement-refused',
          'device-replayed',
          'too-many-requests',
        ],
      },
      async (ask) => {
        const device = deviceOf(ask);
        await admission.step(`reports of ${device.id}`);
        await keepReport(db, device, ask.body);
        return { status: 204 };
      },
    ),

    notices: endpoint(
      {
        summary: 'Notices for this device, as server-sent events; open ones come again at each connect',
        access: 'device',
        replies: { 200: { description: 'A stream of settings, notices, and the end of it all', mediaType: 'text/event-stream' } },
        refusals: ['device-unknown', 'device-revoked', 'device-not-approved', 'too-many-requests'],
      },
      async (ask) => {
        const device = deviceOf(ask);
        await admission.step(`streams of ${device.id}`);
        const first = await settingsNow();
        await seen(db, device);
        await hub.open(device.id, ask.response, { event: 'settings', data: first });
        return 'streamed';
      },
    ),

    acknowledge: endpoint(
      {
        summary: 'Say how far the device came with a notice, signed by its key',
        access: 'device',
        params: byId,
        body: said(4096),
        replies: { 200: { description: 'Where the notice stands now', schema: z.object({ state: z.string() }) } },
        refusals: [
          'device-unknown',
          'device-revoked',
          'device-not-approved',
          'device-statement-refused',
          'notice-over',
          'not-found',
          'too-many-requests',
        ],
      },
      async (ask) => {
        const device = deviceOf(ask);
        await admission.step(`acknowledgements of ${device.id}`);
        return { status: 200, body: { state: await acknowledged(deps, device, ask.params.id, ask.body) } };
      },
    ),

    openapi: endpoint(
      {
        summary: 'This interface',
        access: 'device',
        replies: { 200: { description: 'OpenAPI 3.1', mediaType: 'application/json' } },
        refusals: ['device-unknown', 'device-revoked', 'device-not-approved'],
      },
      async () => ({ status: 200, body: deps.document() }),
    ),
  };
}

/** A minute's precision is enough for people, and costs the table less than a row a request. */
async function seen(db: Database, { id }: SignedDevice): Promise<void> {
  const now = new Date();
  const before = new Date(now.getTime() - 60_000);
  await db.device.updateMany({ where: { id, OR: [{ lastSeenAt: null }, { lastSeenAt: { lt: before } }] }, data: { lastSeenAt: now } });
}

/** So long a notice may be known before the workflow that takes the word about it. */
const PATIENCE_MS = 5000;

/**
 * Passes on what moves the notice, and nothing else: a statement that this device did not sign, or that says nothing new, fills no
 * history. What counts is judged again by the verifier, which records it.
 */
async function acknowledged(
  { db, engine }: DeviceEndpointsDeps,
  device: SignedDevice,
  id: string,
  { statement, signature }: { statement: string; signature: string },
): Promise<NoticeState> {
  const find = () => db.notice.findFirst({ where: { id, deviceId: device.id, NOT: { statement: null } } });
  const row = await find();
  if (!row) throw new Refusal('not-found');
  const ack = readAck({ statement, signature: Buffer.from(signature, 'base64url') }, device.key);
  if (ack?.notice !== id || ack.device !== device.id) throw new Refusal('device-statement-refused');
  if (!isStageOf(row.resetId === null ? 'factors' : 'reset', ack.stage)) throw new Refusal('device-statement-refused');
  const isOpen = (now: { state: string; expiresAt: Date | null }) =>
    (OPEN_STATES as readonly string[]).includes(now.state) && now.expiresAt !== null && now.expiresAt > new Date();
  const giveUp = Date.now() + PATIENCE_MS;
  for (let now = row; ; now = (await find()) ?? row) {
    const state = now.state as NoticeState; // only the states of domain/device.ts are ever written
    if (state === ack.stage) return state;
    if (!isOpen(now)) throw new Refusal('notice-over');
    if (stateAfter(state, ack.stage) === state) return state;
    const answer: AckAnswer | 'closed' = await engine.acknowledge(row.resetId ?? row.factorTellingId ?? '', randomUUID(), {
      notice: id,
      statement,
      signature,
    });
    if (answer !== 'closed') {
      if (answer.outcome === 'refused') throw new Refusal(answer.code);
      return answer.state;
    }
    // The notice is made a moment before the workflow that takes the word about it.
    if (Date.now() >= giveUp) throw new Refusal('service-unavailable', { retryAfterSeconds: 5 });
    await sleep(100);
  }
}
