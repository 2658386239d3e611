import { useStore } from 'react-admin';
import { PREFERENCES } from '../frame/preferences.ts';

export type Zone = 'local' | 'utc';

/** In which zone times are shown, kept for this browser. */
export const useZone = () => useStore<Zone>(PREFERENCES.zone, 'local');

const formats = {
  local: new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' }),
  utc: new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium', timeZone: 'UTC' }),
};

/** A moment in words, to the second; in UTC it says so. */
export function inWords(iso: string, zone: Zone): string {
  const written = formats[zone].format(new Date(iso));
  return zone === 'utc' ? `${written} UTC` : written;
}
