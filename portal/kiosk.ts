import type { NextFunction, Request, Response } from 'express';
import { heldToken, holdReset, KIOSK_COOKIE, letGo, markKiosk, readCookie, setCookie } from './cookies.ts';
import { sendOn } from './headers.ts';

/** The browser is a shared machine's until its cookies are deleted. */
const A_YEAR_MS = 365 * 86_400_000;

/**
 * A machine that many people use one after the other. Its browser is opened once at `/?kiosk`, and from then on every page
 * goes back to the first one by itself when nobody is there, and the first page lets go of whatever the browser held. What it
 * holds runs out besides, ten minutes after the last form, also in a browser without JavaScript. Nobody has to know how to leave.
 */
export function kiosk(req: Request, res: Response, next: NextFunction): void {
  if (req.method === 'GET' && req.path === '/' && req.query['kiosk'] !== undefined) {
    setCookie(res, KIOSK_COOKIE, '1', A_YEAR_MS);
    return sendOn(res, '/');
  }
  if (readCookie(req, KIOSK_COOKIE) === '1') {
    markKiosk(res);
    const token = heldToken(req);
    if (req.method === 'GET' && req.path === '/') letGo(res);
    // Only a form shows that somebody is there: a page that waits loads again by itself.
    else if (req.method === 'POST' && token !== undefined) holdReset(res, token);
  }
  next();
}
