import type { Log } from '#process-log';

/** Says in the log of a process when a controller falls silent, and when it is trusted again. */
export function tellControllers(log: Log): (url: string, became: 'silent' | 'good') => void {
  return (controller, became) => {
    if (became === 'silent') log.warn({ controller }, 'a controller fell silent');
    else log.info({ controller }, 'a controller is used again as before');
  };
}
