import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The code of all workflows of one release, and the SHA-256 (hexadecimal) of its UTF-8 form, by which it is known for ever. */
export interface WorkflowCode {
  readonly sha256: string;
  readonly text: string;
}

const MAP = '//# sourceMappingURL=data:';
/** The SDK takes no code without a source map; the real one holds paths of the machine that made it. */
const NO_MAP = Buffer.from(JSON.stringify({ version: 3, file: 'workflows.js', sources: [], names: [], mappings: '' })).toString('base64');

/** What of a bundle is code: all before the comment with the source map, which alone differs from machine to machine. */
export function workflowCode(bundle: string): WorkflowCode {
  const map = bundle.lastIndexOf(MAP);
  const text = map < 0 ? bundle : bundle.slice(0, map);
  return { sha256: createHash('sha256').update(text).digest('hex'), text };
}

/** Where a release's code lies in an archive: what `sha256sum` says of the file is its name. */
export const workflowCodeFile = (folder: string, sha256: string): string => join(folder, `${sha256}.js`);

/** Archived code, checked against its name. Throws a sentence when it is missing (`code` ENOENT in its cause) or was changed. */
export function readWorkflowCode(folder: string, sha256: string): WorkflowCode {
  const file = workflowCodeFile(folder, sha256);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new Error(`${file} cannot be read, and workflows that began on that code end on no other. Put it back from a backup.`, { cause });
  }
  const read = { sha256: createHash('sha256').update(text).digest('hex'), text };
  if (read.sha256 !== sha256)
    throw new Error(`${file} was changed: its SHA-256 is ${read.sha256}. Put it back from a backup; nothing runs on changed code.`);
  return read;
}

/** The same code in the form that the SDK loads. */
export function loadable({ text }: WorkflowCode): { code: string } {
  return { code: `${text}${MAP}application/json;base64,${NO_MAP}` };
}
