import type { Response } from 'express';
import { isKiosk } from './cookies.ts';

/** No inline script or style, nothing from elsewhere, nobody may frame us: a page that is changed in one place still cannot speak to another. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "script-src 'self'",
  "img-src 'self'",
  "form-action 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** What every answer of the portal carries. */
export function secureHeaders(res: Response): void {
  res.set({
    'Content-Security-Policy': CONTENT_SECURITY_POLICY,
    'X-Content-Type-Options': 'nosniff',
    // Not no-referrer: with that, browsers send `Origin: null` with our own forms.
    'Referrer-Policy': 'same-origin',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
  });
}

/** Sends one page. `no-store` keeps it out of caches, so Back asks again and shows the step that is open now. */
export function sendPage(res: Response, status: number, page: string): void {
  secureHeaders(res);
  res.set('Cache-Control', 'no-store');
  res
    .status(status)
    .type('html')
    .send(isKiosk(res) ? forMany(page) : page);
}

/** What a kiosk needs around any page: it goes back to the first one when nobody is there, and the browser keeps no name to offer to the next person. */
function forMany(page: string): string {
  return page
    .replace('</head>', '<noscript><meta http-equiv="refresh" content="600; url=/" /></noscript></head>')
    .replace('<body>', '<body data-kiosk="180">')
    .replaceAll('autocomplete="username"', 'autocomplete="off"');
}

/** Sends the browser to a page with GET, so that neither reload nor Back ever sends a form again. */
export function sendOn(res: Response, path: string): void {
  secureHeaders(res);
  res.set('Cache-Control', 'no-store');
  res.redirect(303, path);
}
