import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { stampOf } from '#file-stamp';
import { readCertificates } from '#evidence/certificate.ts';
import { readMetadata, type Metadata } from '#evidence/fido-metadata.ts';

const schema = z.strictObject({
  /** Whose signature counts: certificates in PEM. */
  roots: z.string(),
  /** When the list was taken: its signer's certificate was valid then, and may have expired since. */
  broughtAt: z.iso.datetime(),
  /** The list, as it came. Undefined when only roots were trusted yet. */
  blob: z.string().optional(),
});

/** As it is written in the file of whoever judges keys. */
export type MetadataText = z.infer<typeof schema>;

export function metadataFile(folder: string): string {
  return join(folder, 'fido-metadata.json');
}

/** What the file holds; undefined where there is none, or none that was written here. */
export function metadataTextIn(folder: string): MetadataText | undefined {
  try {
    return schema.parse(JSON.parse(readFileSync(metadataFile(folder), 'utf8')));
  } catch {
    return undefined;
  }
}

/**
 * The list of models in a folder, its signature and chain checked again by the roots beside it. Read when it is asked for, and
 * again as soon as the file has changed, so that a new list needs no restart. Undefined where there is none, or none that holds.
 */
export function metadataIn(folder: string): () => Metadata | undefined {
  let read: { stamp: string; metadata: Metadata | undefined } | undefined;
  return () => {
    const stamp = stampOf(metadataFile(folder));
    if (stamp === undefined) return undefined;
    if (read?.stamp !== stamp) read = { stamp, metadata: checked(metadataTextIn(folder)) };
    return read.metadata;
  };
}

function checked(text: MetadataText | undefined): Metadata | undefined {
  if (text?.blob === undefined) return undefined;
  try {
    return readMetadata(text.blob, readCertificates(text.roots), new Date(text.broughtAt));
  } catch {
    return undefined;
  }
}
