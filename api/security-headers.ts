import { randomBytes } from 'node:crypto';
import type { RequestHandler } from 'express';
import helmet, { contentSecurityPolicy } from 'helmet';

/** What every answer carries. A content policy is added by area: below, and by the portal for its pages; nothing is ever loaded from another origin. */
export function commonHeaders(origin: string): RequestHandler {
  // HSTS holds for a host with all its ports: on localhost it would break other people's servers.
  const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(new URL(origin).hostname);
  return helmet({
    contentSecurityPolicy: false,
    strictTransportSecurity: isLocal ? false : { maxAge: 31_536_000, includeSubDomains: false },
    // Not no-referrer: with it, browsers send `Origin: null` with our own forms.
    referrerPolicy: { policy: 'same-origin' },
    xFrameOptions: { action: 'deny' },
    xDnsPrefetchControl: { allow: false },
    crossOriginOpenerPolicy: { policy: 'same-origin' },
    crossOriginResourcePolicy: { policy: 'same-origin' },
  });
}

const bare = { 'default-src': ["'none'"], 'base-uri': ["'none'"], 'frame-ancestors': ["'none'"] };

/** JSON runs nothing and loads nothing. */
export const apiPolicy: RequestHandler = policy({ ...bare, 'form-action': ["'none'"] });

/** The console's library writes style elements, which need the nonce, and style attributes, which can run nothing. */
export const consolePolicy: RequestHandler = (request, response, next) => {
  const nonce = randomBytes(16).toString('base64');
  response.locals['nonce'] = nonce;
  policy({
    ...bare,
    'default-src': ["'self'"],
    'style-src-elem': ["'self'", `'nonce-${nonce}'`],
    'style-src-attr': ["'unsafe-inline'"],
    'img-src': ["'self'", 'data:'],
    'connect-src': ["'self'"],
    'object-src': ["'none'"],
    'form-action': ["'self'"],
  })(request, response, next);
};

/** Answers about people stay in no cache. */
export const noStore: RequestHandler = (_request, response, next) => {
  response.set('Cache-Control', 'no-store');
  next();
};

function policy(directives: Record<string, string[]>): RequestHandler {
  return contentSecurityPolicy({ useDefaults: false, directives });
}
