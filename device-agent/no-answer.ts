/** Why no answer came from the portal, or none that may be believed. The words for it depend on who reads them: whoever keeps the device, or whoever sits before it. */
export type NoAnswer =
  | 'name-not-found'
  | 'name-not-looked-up'
  | 'refused'
  | 'no-way'
  | 'silence'
  | 'broken-off'
  | 'other-authority'
  | 'other-name'
  | 'expired'
  | 'not-yet-valid'
  | 'other-tls'
  | 'no-sense';

/** What errors of node:dns, node:net, node:tls and OpenSSL are called, in the order in which they are looked through. */
const CODES: readonly (readonly [code: RegExp, why: NoAnswer])[] = [
  [/^(ENOTFOUND|EAI_NONAME|EAI_NODATA|EAI_ADDRFAMILY)$/, 'name-not-found'],
  [/^(EAI_|ESERVFAIL$|EREFUSED$|ETIMEOUT$)/, 'name-not-looked-up'],
  [/^ECONNREFUSED$/, 'refused'],
  [/^(EHOST|ENET|EADDRNOTAVAIL$)/, 'no-way'],
  [/^ETIMEDOUT$/, 'silence'],
  [/^(ECONN|EPIPE$|ERR_STREAM|ABORT_ERR$)/, 'broken-off'],
  [/^CERT_HAS_EXPIRED$/, 'expired'],
  [/^CERT_NOT_YET_VALID$/, 'not-yet-valid'],
  [/^ERR_TLS_CERT_ALTNAME_INVALID$/, 'other-name'],
  [/^(EPROTO$|ERR_SSL_)/, 'other-tls'],
  [/CERT|SELF_SIGNED|ISSUER|UNABLE_TO_/, 'other-authority'],
];

/** Which of them an error of the connection is: by its code alone, since its text may quote what was sent. */
export function whyNoAnswer(error: unknown): NoAnswer {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return CODES.find(([known]) => known.test(code))?.[1] ?? 'no-sense';
}
