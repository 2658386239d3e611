/** A witness on the same network answers in milliseconds; one that does not is asked again with the next checkpoint. */
const PATIENCE_MS = 2000;
/** A checkpoint with a hundred signatures fits. Whoever sends more is not listened to any longer. */
const MOST_BYTES = 100_000;

/**
 * One exchange with a witness, by POST when there is a body. undefined when it does not answer whole within two seconds,
 * or with more than a witness can have to say. Never throws.
 */
export async function exchange(
  prefix: string,
  path: string,
  body?: string,
): Promise<{ status: number; type: string | null; text: string } | undefined> {
  try {
    const url = new URL(path, prefix.endsWith('/') ? prefix : `${prefix}/`);
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const answer = await fetch(url, { ...(body === undefined ? {} : { method: 'POST', body }), redirect: 'error', signal });
    const text = await wholeText(answer);
    return text === undefined ? undefined : { status: answer.status, type: answer.headers.get('content-type'), text };
  } catch {
    return undefined;
  }
}

async function wholeText({ body }: Response): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    // Leaving the loop cancels the rest.
    if (length > MOST_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
