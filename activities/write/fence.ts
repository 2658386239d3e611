import type { Directory } from '../directory/connect.ts';
import { DirectoryUnavailable } from '../directory/errors.ts';
import { readProtectedBy } from '../directory/read-protected.ts';
import type { Session } from '../directory/session.ts';
import type { WriterDeps } from './deps.ts';

export interface Fence {
  directory: Directory;
  /** Whether the change may have left this process. As long as it did not, nothing was written for certain. */
  sent: () => boolean;
  /** Whether the account was changed by somebody else meanwhile, so that the change was not sent. */
  overtaken: () => boolean;
}

/**
 * The last gate, between the connection and the wire: a change goes out only while this attempt still holds its claim
 * and the account is as it was judged. A process that slept (SIGSTOP, a paused machine) between claim and write
 * wakes up to a claim that is too old, or another's, and sends nothing; so two attempts never write both. And an account that
 * was put into Domain Admins since, or at this controller only, is not the staff writer's any more, whatever right it has there.
 */
export function fence(
  writerClass: WriterDeps['writerClass'],
  directory: Directory,
  isAsJudged: (session: Session) => Promise<boolean>,
  holds: () => Promise<boolean>,
): Fence {
  let sent = false;
  let overtaken = false;
  return {
    sent: () => sent,
    overtaken: () => overtaken,
    directory: {
      ...directory,
      write: (work) =>
        directory.write((session) =>
          work({
            ...session,
            async modify(target, changes, controls) {
              overtaken = !(await isOurs(writerClass, session, target)) || !(await isAsJudged(session));
              if (overtaken) throw new DirectoryUnavailable('the account was changed meanwhile');
              if (!(await holds())) throw new DirectoryUnavailable('the claim is not held any more');
              sent = true;
              return session.modify(target, changes, controls);
            },
          }),
        ),
    },
  };
}

/** Whether the account at this name is this writer's by whether it is protected, as the controller of this session has it now: one read. */
export async function isOurs(writerClass: WriterDeps['writerClass'], session: Session, target: string): Promise<boolean> {
  return ((await readProtectedBy(session, target)) !== undefined) === (writerClass === 'privileged');
}
