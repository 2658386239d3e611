import { parseCookie, stringifySetCookie } from 'cookie';
import { RESET_COOKIE, RESET_COOKIE_OPTIONS } from '#domain/reset-cookie.ts';

export { RESET_COOKIE };
/** The console's session; protected like the reset's. */
export const SESSION_COOKIE = '__Host-countersign-session';

export type CookieName = typeof RESET_COOKIE | typeof SESSION_COOKIE;

/** The value of one cookie of a request, or undefined. */
export function readCookie(header: string | undefined, name: CookieName): string | undefined {
  const value = header === undefined ? undefined : parseCookie(header)[name];
  return value !== undefined && value.length <= 128 ? value : undefined;
}

/** A Set-Cookie line that ends with the browser; its server side expires by itself. */
export function setCookie(name: CookieName, value: string): string {
  return stringifySetCookie({ name, value, ...RESET_COOKIE_OPTIONS });
}

/** A Set-Cookie line that takes the cookie away. */
export function clearCookie(name: CookieName): string {
  return stringifySetCookie({ name, value: '', ...RESET_COOKIE_OPTIONS, maxAge: 0 });
}
