/**
 * Nothing in this process may ask another host for anything: a library that tries is stopped, and seen. Certificates name
 * addresses of revocation lists, and one that accepts a connection and stays silent would hold a check up for minutes.
 */
export function forbidFetch(): void {
  globalThis.fetch = () => Promise.reject(new Error('this product calls nobody'));
}
