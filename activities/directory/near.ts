import type { Directory } from './connect.ts';

/** The same directory, read near a site of Active Directory; as it is where none is named. */
export function near(directory: Directory, site: string | undefined): Directory {
  return site === undefined ? directory : { ...directory, read: (work, wanted) => directory.read(work, wanted ?? { site }) };
}
