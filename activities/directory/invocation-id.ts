import { guidText } from './entry.ts';
import { baseEntry } from './find-account.ts';
import type { Session } from './session.ts';

/**
 * The invocation id of the controller that this session is with, by which stamps name it (MS-ADTS 3.1.1.1.9), or undefined
 * when this account may not read it.
 */
export async function invocationId(session: Session): Promise<string | undefined> {
  const service = (await baseEntry(session, '', ['dsServiceName']))?.text('dsServiceName');
  const id = service && (await baseEntry(session, service, ['invocationId']))?.bytes('invocationId');
  return id ? guidText(id) : undefined;
}
