import { historyToJSON, type History } from '@temporalio/common/lib/proto-utils.js';

/** All that a history in clear says, as text that can be searched: the JSON that is exported, its payloads readable in place. */
export function historyText(history: History): string {
  return historyToJSON(history).replace(
    /"data":\s*"([^"]*)"/g,
    (_, data: string) => `"data": ${Buffer.from(data, 'base64').toString('utf8')}`,
  );
}
