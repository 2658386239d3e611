import type { KeyObject } from 'node:crypto';
import { z } from 'zod';
import { DEVICE_REPORT_TAG, NOTICE_ACK_TAG } from '#domain/device-statement.ts';
import { STAGES } from '#domain/device.ts';
import { openDeviceStatement } from '#evidence/device-statement.ts';

/** What devices say of themselves, as docs/device-protocol.md tells it. */

const moment = z.iso.datetime({ offset: true }).max(40);
const version = z.string().regex(/^[0-9A-Za-z.+~-]{1,32}$/);

const cached = z.strictObject({
  sid: z.string().regex(/^S-1(-\d{1,10}){2,15}$/),
  name: z.string().min(1).max(256),
  cachedAt: moment.nullable(),
  lastOnlineAuth: moment.nullable(),
});

const report = z.strictObject({
  device: z.uuid(),
  sequence: z.int().nonnegative(),
  at: moment,
  agent: version,
  sssd: z.strictObject({
    version: version.nullable(),
    layout: z.enum(['known', 'unknown']),
    cachedAuthTimeout: z.int().nonnegative().nullable(),
    storesPasswordIfOffline: z.boolean().nullable(),
  }),
  accounts: z.array(cached).max(500),
  /** SubjectPublicKeyInfo, P-256: a device that takes sealed hashes shows it. */
  sealingKey: z.base64().max(200).exactOptional(),
});
export type DeviceReport = z.infer<typeof report>;

const ack = z.strictObject({
  notice: z.uuid(),
  device: z.uuid(),
  stage: z.enum(STAGES),
  at: moment,
  controllerReachable: z.boolean().nullable(),
  lastOnlineAuth: moment.nullable(),
  reason: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,63}$/)
    .nullable(),
});
export type NoticeAck = z.infer<typeof ack>;

/** A text and a device's signature over it. */
export interface Said {
  statement: string;
  signature: Uint8Array;
}

/** A report that the holder of this key signed, or undefined. */
export function readReport(said: Said, key: KeyObject): DeviceReport | undefined {
  return read(report, DEVICE_REPORT_TAG, said, key);
}

/** An acknowledgement that the holder of this key signed, or undefined. */
export function readAck(said: Said, key: KeyObject): NoticeAck | undefined {
  return read(ack, NOTICE_ACK_TAG, said, key);
}

function read<T>(schema: z.ZodType<T>, tag: string, { statement, signature }: Said, key: KeyObject): T | undefined {
  const parsed = schema.safeParse(openDeviceStatement(tag, statement, signature, key));
  return parsed.success ? parsed.data : undefined;
}
