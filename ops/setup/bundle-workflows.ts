import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { workflowCode, workflowCodeFile } from '#activities/release/workflow-code.ts';
import { failureConverterPath } from '#history/converter.ts';
import { ownedFile, ownedFolder } from './owned-files.ts';

/** The workflows of this checkout as one script, as the SDK bundles them. */
export async function bundleWorkflows(): Promise<string> {
  const workflowsPath = fileURLToPath(new URL('../../workflows/index.ts', import.meta.url));
  return (await bundleWorkflowCode({ workflowsPath, failureConverterPath, logger: new DefaultLogger('ERROR', () => {}) })).code;
}

/** Puts a bundle's code into an archive under its hash, which it answers. What is there already stays as it is. */
export function archiveWorkflowCode(folder: string, bundle: string): string {
  ownedFolder(folder, undefined, 0o755);
  const { sha256, text } = workflowCode(bundle);
  const file = workflowCodeFile(folder, sha256);
  if (!existsSync(file)) ownedFile(file, text, undefined, 0o644);
  return sha256;
}
