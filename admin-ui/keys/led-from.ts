/** Where a key is registered by somebody who was led there from a decision. */
export function registerFor(approval: string): string {
  return `/security-keys?for=${approval}`;
}

/** The decision to go back to, or undefined; anybody may have written the address, so it names an approval and nothing else. */
export function ledFrom(asked: string | null): string | undefined {
  return asked !== null && /^[0-9a-f-]{36}$/.test(asked) ? `/approvals/${asked}/show` : undefined;
}
