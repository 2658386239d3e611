import { connect } from 'node:net';
import { z } from 'zod';

/** Where the device answers, on a computer whose agent is enrolled; neither an argument nor the environment names another place. */
export const DEVICE_SOCKET = '/run/countersign/attest.sock';
const ANSWER_MS = 15_000;
const LONGEST = 2048;

const signed = z.strictObject({ statement: z.string().max(1024), signature: z.string().regex(/^[A-Za-z0-9_-]{86}$/) });
export type SignedByDevice = z.infer<typeof signed>;

/** What the computer signs at whose login screen this runs. What it says of the account is for the portal: nobody here is shown it. */
export interface ThisDevice {
  /** Undefined where no agent answers. Never throws. */
  attest(challenge: string, account: string | null): Promise<SignedByDevice | undefined>;
}

/** The device behind a socket. */
export function thisDevice(path: string = DEVICE_SOCKET): ThisDevice {
  return {
    attest: (challenge, account) =>
      new Promise((resolve) => {
        let said = '';
        const socket = connect(path);
        const end = (): void => {
          clearTimeout(timer);
          socket.destroy();
          resolve(readSigned(said));
        };
        const timer = setTimeout(end, ANSWER_MS);
        socket.setEncoding('utf8');
        socket.on('data', (chunk: string) => {
          said += chunk;
          if (said.length > LONGEST || said.includes('\n')) end();
        });
        socket.on('error', end);
        socket.on('end', end);
        socket.write(`${JSON.stringify({ challenge, account })}\n`);
      }),
  };
}

function readSigned(text: string): SignedByDevice | undefined {
  try {
    const parsed = signed.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
