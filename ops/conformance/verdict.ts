/** What became of one requirement: `seen` is what the server did, or why it was not tried. */
export interface Verdict {
  result: 'pass' | 'fail' | 'not tried';
  seen: string;
}

/** The server did something else than what is required. */
export class Otherwise extends Error {}

/** What the check needs was not given, or an earlier requirement did not hold. */
export class NotTried extends Error {}

/** Throws Otherwise unless it holds. */
export function must(holds: boolean, seen: string): asserts holds {
  if (!holds) throw new Otherwise(seen);
}

/** Runs a check to a verdict. A connection that failed is what was seen, too. Never throws. */
export async function verdictOf(check: () => Promise<string>): Promise<Verdict> {
  try {
    return { result: 'pass', seen: await check() };
  } catch (error) {
    const seen = error instanceof Error ? error.message : String(error);
    return { result: error instanceof NotTried ? 'not tried' : 'fail', seen };
  }
}
