import assert from 'node:assert/strict';
import { httpClient, type Client } from './http-client.ts';
import { newSource } from './scenes.ts';
import type { TestStack } from './stack.ts';

/** Somebody at the portal whose browser runs no script: pages, forms and redirects. */
export interface FormVisitor {
  http: Client;
  /** The page of the last answer. */
  page: () => string;
  open: (path: string) => Promise<void>;
  /** Sends the form of the page that goes to an address ending in `to`, and follows where it leads. */
  send: (to: string, fields?: Record<string, string>) => Promise<void>;
}

export function formVisitor(run: TestStack['run']): FormVisitor {
  const http = httpClient(run, newSource());
  const origin = new URL(run.portal).origin;
  let page = '';
  const open = async (path: string): Promise<void> => {
    const answer = await http.get(path);
    page = answer.text;
    if (answer.status === 303) await open(String(answer.headers.location));
  };
  return {
    http,
    page: () => page,
    open,
    async send(to, fields = {}) {
      const forms = page.matchAll(/<form method="post" action="([^"]+)"[^>]*>([\s\S]*?)<\/form>/g);
      const [, action = '', inside = ''] = [...forms].find(([, action]) => action?.endsWith(to)) ?? [];
      assert.ok(action, `the page has no form to …${to}: ${page.slice(0, 400)}`);
      const hidden = [...inside.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)"/g)].map(([, name, value]) => [name, value]);
      const body = new URLSearchParams({ ...(Object.fromEntries(hidden) as Record<string, string>), ...fields }).toString();
      const headers = { 'content-type': 'application/x-www-form-urlencoded', origin, 'sec-fetch-site': 'same-origin' };
      const answer = await http.raw('POST', action, body, headers);
      assert.equal(answer.status, 303, `${action}: ${answer.text.slice(0, 300)}`);
      await open(String(answer.headers.location));
    },
  };
}
