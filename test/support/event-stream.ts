import { readFileSync } from 'node:fs';
import { get } from 'node:https';

/** The cookies of a client as one header. */
export const cookiesOf = (cookies: Map<string, string>): string => [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');

/** Server-sent events of an address, gathered until enough came. */
export function listenTo(
  run: { portal: string; ca: string },
  path: string,
  cookie: string,
): { events: { event: string; data: Record<string, unknown> }[]; status: Promise<number>; close: () => void } {
  const base = new URL(run.portal);
  const events: { event: string; data: Record<string, unknown> }[] = [];
  let close = () => {};
  const status = new Promise<number>((resolve, reject) => {
    const asked = get(
      {
        host: '127.0.0.1',
        servername: base.hostname,
        port: base.port,
        path,
        ca: readFileSync(run.ca),
        headers: { cookie, host: base.host },
      },
      (response) => {
        resolve(response.statusCode ?? 0);
        let text = '';
        response.on('data', (chunk: Buffer) => {
          text += chunk.toString();
          const blocks = text.split('\n\n');
          text = blocks.pop() ?? '';
          for (const block of blocks) {
            const data = /^data:(.*)$/m.exec(block)?.[1];
            if (data)
              events.push({
                event: /^event:(.*)$/m.exec(block)?.[1]?.trim() ?? 'message',
                data: JSON.parse(data) as Record<string, unknown>,
              });
          }
        });
        response.on('error', () => {});
      },
    );
    asked.on('error', reject);
    close = () => asked.destroy();
  });
  status.catch(() => {});
  return { events, status, close: () => close() };
}
