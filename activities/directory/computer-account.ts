import { EqualityFilter } from 'ldapts';
import type { ComputerFacts } from '#domain/computer-account.ts';
import type { Directory, Session } from './connect.ts';
import type { EachController } from './each-controller.ts';
import { guidText, type EntryReader } from './entry.ts';
import { DirectoryUnavailable } from './errors.ts';
import { baseEntry } from './find-account.ts';
import { generalizedTime } from './generalized-time.ts';
import { stampAttributes, stampOf } from './password-stamp.ts';

/** The account of a computer as one controller shows it, with what stands in its userCertificate (DER). */
export interface ComputerAccount extends ComputerFacts {
  certificates: readonly Buffer[];
}

export interface ComputerAccounts {
  /**
   * What each controller that answers shows of the account of this name (sAMAccountName), read now; those that have none are left out. Within
   * seconds. Throws DirectoryUnavailable when none answers.
   */
  read: (account: string) => Promise<ComputerAccount[]>;
}

const attributes = [
  'objectClass',
  'objectGUID',
  'sAMAccountName',
  'dNSHostName',
  'userAccountControl',
  'primaryGroupID',
  'userCertificate',
  // Made by whoever joins a computer without the right to (MS-ADTS 3.1.1.5.2.5).
  'mS-DS-CreatorSID',
  ...stampAttributes,
];
/** userAccountControl (MS-ADTS 2.2.16). */
const [DISABLED, MEMBER, CONTROLLER, READ_ONLY_CONTROLLER] = [0x2, 0x1000, 0x2000, 0x4000000];
/** Domain controllers, and read-only ones (MS-DTYP 2.4.2.4). */
const CONTROLLER_GROUPS = [516, 521];
/** A computer is nothing more than this; managed service accounts are computers by class too. */
const CLASSES = ['top', 'person', 'organizationalPerson', 'user', 'computer'];
/** More certificates than these are not looked at. */
const MOST = 50;

/** Asks every controller, since a device writes at one of them, and what it wrote takes its time to the others. */
export function computersBy(each: EachController): ComputerAccounts {
  return {
    async read(account) {
      const answers = await each('a look at a computer', async (directory) => ({ found: await readComputer(directory, account) }), {
        evenSilent: true,
      });
      const heard = Object.values(answers).flatMap((answer) => (answer ? [answer] : []));
      if (heard.length === 0) throw new DirectoryUnavailable('no controller answered of a computer');
      return heard.flatMap(({ found }) => (found ? [found] : []));
    },
  };
}

/** The account of a computer at one controller, or undefined when it shows none below the directory's base. */
export function readComputer(directory: Directory, account: string): Promise<ComputerAccount | undefined> {
  return directory.read(async (session) => {
    const filter = new EqualityFilter({ attribute: 'sAMAccountName', value: account });
    const [entry] = await session.search(directory.settings.baseDn, { scope: 'sub', filter, attributes });
    return entry && computerIn(entry, await clockOf(session));
  });
}

async function clockOf(session: Session): Promise<Date> {
  const clock = generalizedTime((await baseEntry(session, '', ['currentTime']))?.text('currentTime'));
  if (!clock) throw new DirectoryUnavailable('a controller shows no clock');
  return clock;
}

function computerIn(entry: EntryReader, clock: Date): ComputerAccount | undefined {
  const guid = entry.bytes('objectGUID');
  if (!guid) return undefined;
  const changedAt = stampOf(entry, 'userCertificate')?.at;
  return {
    guid: guidText(guid),
    account: entry.text('sAMAccountName') ?? '',
    hostName: (entry.text('dNSHostName') ?? '').toLowerCase(),
    kind: kindOf(entry),
    enabled: (entry.number('userAccountControl') & DISABLED) === 0,
    joinedByAnybody: entry.texts('mS-DS-CreatorSID').length > 0,
    certificatesChangedAt: changedAt === undefined ? undefined : new Date(changedAt),
    certificates: entry.allBytes('userCertificate').slice(0, MOST),
    clock,
  };
}

function kindOf(entry: EntryReader): ComputerFacts['kind'] {
  const control = entry.number('userAccountControl');
  if ((control & (CONTROLLER | READ_ONLY_CONTROLLER)) !== 0 || CONTROLLER_GROUPS.includes(entry.number('primaryGroupID')))
    return 'controller';
  const classes = entry.texts('objectClass');
  const isPlain = classes.length === CLASSES.length && CLASSES.every((name) => classes.includes(name));
  return isPlain && (control & MEMBER) !== 0 ? 'member' : 'other';
}
