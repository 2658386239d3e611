/** Nothing in this process may ask another host for anything: a library that tries is stopped, and seen. */
export function forbidFetch(): void {
  globalThis.fetch = () => Promise.reject(new Error('this product calls nobody'));
}
