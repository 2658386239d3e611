import { randomBytes } from 'node:crypto';
import { parseCookie } from 'cookie';
import type { Request, Response } from 'express';
import { RESET_COOKIE, RESET_COOKIE_OPTIONS } from '#domain/reset-cookie.ts';

/** The session of My factors; the console has another, and neither opens the other's door. */
export const FACTORS_COOKIE = '__Host-countersign-factors';
export const FORM_COOKIE = '__Host-countersign-form';
export const FLASH_COOKIE = '__Host-countersign-flash';
/** Of a browser that comes back with a smart card: with it the card's ticket opens. */
const RETURN_COOKIE = '__Host-countersign-return';

/** Of a browser that many people use, one after the other (kiosk.ts). */
export const KIOSK_COOKIE = '__Host-countersign-kiosk';
/** What such a browser holds of somebody runs out by itself. */
const KIOSK_HOLD_MS = 10 * 60_000;
const HELD = [RESET_COOKIE, RETURN_COOKIE, FACTORS_COOKIE];

/** After the end a reload must still work, but the next person at a shared computer should find nothing: the cookie goes by itself. */
const AFTER_THE_END_MS = 5 * 60_000;

export function readCookie(req: Request<object>, name: string): string | undefined {
  return parseCookie(req.headers.cookie ?? '')[name];
}

export function markKiosk(res: Response): void {
  res.locals['kiosk'] = true;
}

/** Whether this answer goes to a browser that many people use. */
export function isKiosk(res: Response): boolean {
  return res.locals['kiosk'] === true;
}

/** Sets a cookie of this site with the same protection as the reset's own. Without a time it ends with the browser session; what holds somebody's reset or session, in a kiosk, after ten minutes. */
export function setCookie(res: Response, name: string, value: string, askedMs?: number): void {
  const maxAgeMs = askedMs ?? (isKiosk(res) && HELD.includes(name) ? KIOSK_HOLD_MS : undefined);
  res.cookie(name, value, { ...RESET_COOKIE_OPTIONS, ...(maxAgeMs === undefined ? {} : { maxAge: maxAgeMs }) });
}

export function holdReset(res: Response, browserToken: string): void {
  setCookie(res, RESET_COOKIE, browserToken);
}

export function heldToken(req: Request<object>): string | undefined {
  return readCookie(req, RESET_COOKIE);
}

export function holdForFiveMinutesMore(req: Request, res: Response): void {
  const token = heldToken(req);
  if (token !== undefined) setCookie(res, RESET_COOKIE, token, AFTER_THE_END_MS);
}

/** This browser's secret for coming back: 256 random bits, made when it has none yet. */
export function returnToken(req: Request<object>, res: Response): string {
  const known = readCookie(req, RETURN_COOKIE);
  if (known !== undefined && /^[\w-]{43}$/.test(known)) return known;
  const token = randomBytes(32).toString('base64url');
  setCookie(res, RETURN_COOKIE, token);
  return token;
}

export function forgetReturn(res: Response): void {
  res.clearCookie(RETURN_COOKIE, RESET_COOKIE_OPTIONS);
}

/** Lets go of whatever the browser holds of somebody; they come back with their reference. */
export function letGo(res: Response): void {
  for (const name of HELD) res.clearCookie(name, RESET_COOKIE_OPTIONS);
}

/** Leaves nothing behind. Only the cache is cleared wholesale: clearing "cookies" would sign a colleague out of the console in the same browser. */
export function forgetEverything(res: Response): void {
  for (const name of [RESET_COOKIE, RETURN_COOKIE, FACTORS_COOKIE, FORM_COOKIE, FLASH_COOKIE]) res.clearCookie(name, RESET_COOKIE_OPTIONS);
  res.set('Clear-Site-Data', '"cache"');
}
