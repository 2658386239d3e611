/** More than anybody decides with care in one sitting, and an address that every browser takes. */
export const MOST_CHOSEN = 20;

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Where the chosen approvals are decided one after another, in this order. */
export function oneByOneAt(chosen: readonly string[]): string {
  return `/approvals-one-by-one?of=${chosen.join(',')}`;
}

/** The approvals that such an address names, each once; anybody may have written it. */
export function chosenIn(of: string | null): string[] {
  return [...new Set((of ?? '').split(','))].filter((id) => ID.test(id)).slice(0, MOST_CHOSEN);
}
