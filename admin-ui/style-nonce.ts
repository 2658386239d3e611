/** The nonce of this answer, which the server wrote into the page: only style elements that carry it are honoured. */
export const styleNonce = document.querySelector<HTMLMetaElement>('meta[property=csp-nonce]')?.nonce ?? '';
