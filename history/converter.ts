import { fileURLToPath } from 'node:url';
import type { DataConverter } from '@temporalio/common';
import { historyCodec } from './codec.ts';
import type { HistoryKeys } from './open-ring.ts';

/** For `bundleWorkflowCode`: workflows close their failures in the sandbox, where the codec does not reach. */
export const failureConverterPath = fileURLToPath(new URL('failure-converter.ts', import.meta.url));

/** What every client and worker of the product hands to the SDK; nothing speaks to Temporal without it. */
export function historyConverter(keys: HistoryKeys): DataConverter {
  return { failureConverterPath, payloadCodecs: [historyCodec(keys)] };
}
