/**
 * Resolves at the first Ctrl-C, TERM or hang-up. It must be called before anything is started, so that a signal in the
 * middle of a start waits for its end instead of leaving parts behind. A second Ctrl-C changes nothing: ending takes seconds.
 */
export function untilSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve(signal));
  });
}
