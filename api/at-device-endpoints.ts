import { z } from 'zod';
import { ATTEST_PURPOSES } from '#domain/device.ts';
import { LONGEST_ATTEST } from '#prisma/device-attest-text.ts';
import { endpoint } from './endpoint.ts';
import type { PortalFlow } from './portal-flow.ts';
import { text } from './typed.ts';

const byReference = z.object({ reference: z.string().max(64) });
/** What a device signed, passed on as it came. */
export const deviceAnswer = {
  ceremony: z.uuid(),
  statement: z.string().min(1).max(LONGEST_ATTEST),
  signature: z.string().regex(/^[A-Za-z0-9_-]{86}$/, 'is no Ed25519 signature in base64url'),
} as const;
const refusals = ['wrong-browser', 'reset-ended', 'too-many-requests'] as const;

/** What a client at the login screen of an enrolled device asks besides (docs/device-protocol.md). */
export function atDeviceEndpoints({ flow }: { flow: PortalFlow }) {
  return {
    challenge: endpoint(
      {
        summary: 'Something for the device at whose login screen the claimant stands to sign',
        access: 'claimant',
        params: byReference,
        body: z.strictObject({ purpose: z.enum(ATTEST_PURPOSES) }),
        replies: {
          200: { description: 'Good for one use within two minutes', schema: z.object({ ceremony: z.string(), challenge: text(64) }) },
        },
        refusals,
        keepNoAnswer: true,
      },
      async ({ params, body, source, browserToken }) => ({
        status: 200,
        body: await flow.deviceChallenge({ ...params, ...body, source, browserToken }),
      }),
    ),

    note: endpoint(
      {
        summary: 'Say at which device the reset was begun, as that device signed',
        access: 'claimant',
        params: byReference,
        body: z.strictObject(deviceAnswer),
        replies: {
          200: {
            description: 'The device, and whether some rule takes its word as a proof',
            schema: z.object({ device: z.string(), knownDevice: z.boolean() }),
          },
        },
        refusals: ['device-statement-refused', ...refusals],
        keepNoAnswer: true,
      },
      async ({ params, body, source, browserToken }) => ({
        status: 200,
        body: await flow.atDevice({ ...params, ...body, source, browserToken }),
      }),
    ),
  };
}
