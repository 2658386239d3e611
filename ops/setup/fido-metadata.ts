import { metadataFile, type MetadataText } from '#activities/fido-metadata.ts';
import type { ProcessName } from '../paths.ts';
import { identities } from './identities.ts';
import { keyFile } from './keys.ts';
import { ownedFile, ownedFolder } from './owned-files.ts';

/** Who holds a copy: whoever judges keys. */
const HOLDERS = ['verifier', 'writer-staff', 'writer-privileged'] as const satisfies readonly ProcessName[];

export function metadataFolder(state: string, holder: (typeof HOLDERS)[number]): string {
  return keyFile(state, holder, 'metadata');
}

/** Gives every holder the same list. A crash between two of them leaves one with the older list: the command is run again. */
export function giveMetadata(state: string, text: MetadataText): void {
  const ids = identities();
  for (const holder of HOLDERS) {
    const folder = metadataFolder(state, holder);
    ownedFolder(folder, ids[holder], 0o700);
    ownedFile(metadataFile(folder), `${JSON.stringify(text)}\n`, ids[holder]);
  }
}
