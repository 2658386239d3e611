import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import type { ConnectionOptions } from 'node:tls';
import type { Issued } from './card-authority.ts';

export interface VisitAnswer {
  status: number;
  text: string;
  headers: Record<string, unknown>;
  /** Of the form that goes on to the portal, when the page has one. */
  ticket: string | undefined;
  action: string | undefined;
}

/** Opens a page of the card listener as a browser does that shows this card, whose key is at hand; without a card it shows none. */
export function visit(
  address: string,
  ca: string,
  card: Issued | undefined,
  how: ConnectionOptions & { method?: string; headers?: Record<string, string> } = {},
): Promise<VisitAnswer> {
  const url = new URL(address);
  const shown = card && { cert: card.pem, key: card.key?.export({ type: 'pkcs8', format: 'pem' }).toString() ?? '' };
  return new Promise((resolve, reject) => {
    const asked = request(
      {
        host: '127.0.0.1',
        servername: url.hostname,
        port: url.port,
        path: `${url.pathname}${url.search}`,
        method: 'GET',
        ca: readFileSync(ca),
        agent: false,
        ...shown,
        ...how,
      },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', reject);
        answer.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          const ticket = / name="ticket" value="([^"]+)"/.exec(text)?.[1];
          const action = / action="([^"]+)"/.exec(text)?.[1];
          resolve({ status: answer.statusCode ?? 0, text, headers: answer.headers, ticket, action });
        });
      },
    );
    asked.on('error', reject);
    asked.setTimeout(20_000, () => asked.destroy(new Error('the card listener did not answer within 20 s')));
    asked.end();
  });
}
