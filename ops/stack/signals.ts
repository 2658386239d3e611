/**
 * Aborts at the first Ctrl-C, TERM or hang-up. It must be made before anything is started, so that a signal in the middle
 * of a start ends it in order instead of leaving parts behind. A second Ctrl-C changes nothing: ending takes seconds.
 */
export function endSignal(): AbortSignal {
  const end = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => end.abort());
  return end.signal;
}

/** Resolves once the signal is aborted. */
export function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
