import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Request, Response } from 'express';
import { FORM_COOKIE, readCookie, setCookie } from './cookies.ts';
import type { FormTicket } from './form.ts';

/**
 * Signed double submit (OWASP CSRF Prevention Cheat Sheet): the token is an HMAC over a random cookie of this browser,
 * the form's address and its nonce. A site that forges a form knows neither the cookie nor the key, and a token taken
 * from one form is good for no other. Nothing is kept on the server, so a thousand opened pages cost nothing.
 */
export interface FormTokens {
  /** With `nonce`, the same form once more. */
  ticket(req: Request<object>, res: Response, action: string, nonce?: string): FormTicket;
  isOurs(req: Request<object>, sent: { nonce: string; token: string }): boolean;
}

/** `secret` must be at least 32 bytes. */
export function formTokens(secret: Uint8Array): FormTokens {
  if (secret.length < 32) throw new Error('The key of the portal forms is shorter than 32 bytes.');
  const tokenFor = (browser: string, action: string, nonce: string): string =>
    createHmac('sha256', secret).update(`portal form\n${browser}\n${action}\n${nonce}`).digest('base64url');

  return {
    ticket(req, res, action, nonce = randomBytes(16).toString('base64url')) {
      return { action, nonce, token: tokenFor(browserOf(req, res), action, nonce) };
    },
    isOurs(req, { nonce, token }) {
      const browser = readCookie(req, FORM_COOKIE);
      if (browser === undefined || !isRandom(browser) || !isRandom(nonce)) return false;
      const expected = Buffer.from(tokenFor(browser, req.path, nonce));
      const sent = Buffer.from(token);
      return sent.length === expected.length && timingSafeEqual(sent, expected);
    },
  };
}

const isRandom = (text: string): boolean => /^[\w-]{22}$/.test(text);

/** One value a browser session; several forms on one page share it, so it is remembered on the request. */
function browserOf(req: Request<object>, res: Response): string {
  const known = readCookie(req, FORM_COOKIE);
  if (known !== undefined && isRandom(known)) return known;
  const locals: { portalBrowser?: string } = res.locals;
  if (locals.portalBrowser === undefined) {
    locals.portalBrowser = randomBytes(16).toString('base64url');
    setCookie(res, FORM_COOKIE, locals.portalBrowser);
  }
  return locals.portalBrowser;
}

/**
 * Whether a form comes from our own page, as the browser itself says (Fetch Metadata, W3C). Old browsers send only
 * Origin; a client that sends neither is no browser with somebody's cookies in it, and the token still judges it.
 */
export function isSameOrigin(req: Request, origin: string): boolean {
  const site = req.get('Sec-Fetch-Site');
  if (site !== undefined) return site === 'same-origin';
  const from = req.get('Origin');
  return from === undefined || from === new URL(origin).origin;
}

/** Whether a form comes from the page of the card listener, to the addresses that take it. */
export function isFromListener(req: Request, listener: string | undefined): boolean {
  return listener !== undefined && req.get('Origin') === listener && /^\/reset\/[^/]+\/(return\/)?card$/.test(req.path);
}
