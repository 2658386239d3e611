/**
 * The cookie that binds a browser to its reset, the same for the portal's pages and the JSON interface. `__Host-` makes
 * the browser itself refuse it without Secure, with a Domain or with another Path (RFC 6265bis §4.1.3.2), so no
 * neighbouring host can plant one. No Max-Age: it ends with the browser session.
 */
export const RESET_COOKIE = '__Host-countersign-reset';

export const RESET_COOKIE_OPTIONS = { path: '/', httpOnly: true, secure: true, sameSite: 'strict' } as const;
