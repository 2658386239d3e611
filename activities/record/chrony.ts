import { execFile } from 'node:child_process';

/** What keeps this host's clock right, as chronyd says (chronyc(1), `tracking`, in the form for programs, -c). */
export interface Tracking {
  /** Name or address of the source. */
  source: string;
  stratum: number;
  /** How far the clock is from the source's time, decimal nanoseconds; below zero when it is behind. */
  offsetNs: string;
  /** Normal, Insert second, Delete second, or Not synchronised. */
  leap: string;
}

const COLUMNS = { source: 1, stratum: 2, offset: 4, leap: 13 } as const;

/** Asks chronyd through chronyc. Undefined when neither is there, or when what they say cannot be read. */
export function askChrony(command = 'chronyc'): Promise<Tracking | undefined> {
  return new Promise((resolve) => {
    execFile(command, ['-n', '-c', 'tracking'], { timeout: 5000 }, (error, stdout) => resolve(error ? undefined : readTracking(stdout)));
  });
}

/** One line of comma-separated values; undefined for any other text. */
export function readTracking(text: string): Tracking | undefined {
  const columns = text.trim().split(',');
  const [source, stratum, offset, leap] = [COLUMNS.source, COLUMNS.stratum, COLUMNS.offset, COLUMNS.leap].map((at) => columns[at]);
  const isTracking = columns.length === 14 && /^\d{1,2}$/.test(stratum ?? '') && /^-?\d+\.\d+$/.test(offset ?? '');
  if (!isTracking || source === undefined || leap === undefined) return undefined;
  // chronyc says by how many seconds the clock is slow of the source's time; the sign is turned: ahead is above zero.
  return { source, stratum: Number(stratum), offsetNs: String(-Math.round(Number(offset) * 1e9) || 0), leap };
}
