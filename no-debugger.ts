/**
 * Node opens a debugger to everybody on this host when a process gets SIGUSR1, and with it anybody there reads keys out of its
 * memory. Here the signal leaves a line and does nothing else: whoever listens to it takes it away from Node. Call it
 * before the process reads its first secret.
 */
export function refuseDebugger(say: (words: string) => void): void {
  process.on('SIGUSR1', () => say('somebody asked this process for a debugger; none was opened'));
}
