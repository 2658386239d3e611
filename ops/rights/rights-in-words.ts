import { isUnder, parentOf } from '#domain/account.ts';
import { protectedInWords } from '#domain/protected-in-words.ts';
import type { ObjectKind } from '#activities/directory/rights-held.ts';
import type { ServiceAccount } from '../directory/names.ts';
import { bad, type Finding, unknown } from '../doctor/finding.ts';
import { denyStaffWriter, readGroups, type Grant, type System } from './delegation.ts';
import type { Expected, Found, Trouble } from './judge-rights.ts';
import { called, commandOf, type Trustees } from './print-delegation.ts';

/** What the words need beside the trouble itself. */
export type Telling = { by: ServiceAccount; expected: Expected; grants: readonly Grant[]; system: System; trustees: Trustees };

const shown = 3;
const things: Record<ObjectKind, readonly [string, string]> = {
  account: ['account', 'accounts'],
  computer: ['computer', 'computers'],
  group: ['group', 'groups'],
  unit: ['unit', 'units'],
  policy: ['password or group policy', 'password or group policies'],
  domain: ['domain', 'domains'],
};

/** One finding for each trouble: who, what, how many and where, what that would mean, and the command or step that mends it. */
export function troubleInWords(found: Found, telling: Telling): Finding {
  const { trouble } = found;
  const who = called[telling.by];
  if (trouble.what === 'unseen')
    return unknown(
      `whether ${who} may set the password of ${counted(found, telling)} cannot be seen: they do not show who may do what to them`,
      `let ${who} read their permissions (RC), then run this again`,
    );
  if (trouble.what === 'blind') return bad(blindSaid(found, telling), blindMended(found, telling));
  if (trouble.what === 'lacks') return bad(lackSaid(found, trouble, telling), lackMended(found, trouble, telling));
  if (trouble.what === 'reaches') return bad(reachSaid(found, trouble, telling), reachMended(found, trouble, telling));
  return bad(beyondSaid(found, trouble, telling), beyondMended(trouble, telling));
}

type Beyond = Exclude<Trouble, { what: 'lacks' | 'reaches' | 'unseen' | 'blind' }>;
type Of<W extends Trouble['what']> = Extract<Trouble, { what: W }>;

function blindSaid(found: Found, telling: Telling): string {
  const then = telling.by === 'reader' ? 'their resets cannot begin' : 'their resets wait and are never written';
  return `${called[telling.by]} is not shown the groups of ${counted(found, telling)}, so nobody can tell whether they are protected: ${then}`;
}

function blindMended({ unit }: Found, { by, system, trustees }: Telling): string {
  return `${commandOf(readGroups(by, unit), system, trustees)}\nand take away whatever forbids it there`;
}

function lackSaid(found: Found, { missing, blocked }: Of<'lacks'>, telling: Telling): string {
  const cannot = {
    reset: 'cannot set the password of',
    unlock: 'cannot unlock',
    both: 'can neither set the password of nor unlock',
  }[missing];
  const why = blocked ? ', which inherit nothing from their unit' : '';
  return `${called[telling.by]} ${cannot} ${counted(found, telling)}${why}. Their resets would go all the way and then be refused by the directory`;
}

function lackMended({ unit, objects }: Found, { blocked, isProtected }: Of<'lacks'>, telling: Telling): string {
  const { by, grants, system, trustees } = telling;
  const mine = grants.filter((grant) => grant.account === by && grant.systems.includes(system));
  const commands = (wanted: readonly Grant[]) => wanted.map((grant) => commandOf(grant, system, trustees)).join('\n');
  if (system === 'windows' && isProtected) return commands(mine.filter(({ on }) => on.startsWith('CN=AdminSDHolder,')));
  if (blocked) return 'let them inherit again: on each, Security, Advanced, Enable inheritance; then run this again';
  const dn = objects[0]?.dn ?? unit;
  const onUnit = mine.filter(({ on }) => isUnder(dn, on) && on !== dn);
  return onUnit.length > 0 ? commands(onUnit) : `move them into a unit of ${called[by]}`;
}

function reachSaid(found: Found, { whose }: Of<'reaches'>, telling: Telling): string {
  const may = `${called[telling.by]} may set the password of or unlock ${counted(found, telling, whose === 'protected' ? 'protected ' : '')}`;
  const refuses =
    'Countersign asks the directory before each write and refuses them; whoever took over the host of that process would not ask';
  if (whose === 'protected') {
    const sdProp =
      telling.system === 'samba'
        ? 'Windows would take that right away by itself; Samba never does.'
        : 'Windows takes that right away within the hour, unless it was given in another way than by the unit.';
    return `${may}. ${sdProp} ${refuses}`;
  }
  if (whose === 'our-own') return `${may}, which are Countersign's own. ${refuses}`;
  if (whose === 'computer') return `${may}. No reset is ever about a computer`;
  if (whose === 'unprotected')
    return `${may}, which ${telling.by === 'writerPrivileged' ? 'are not protected and belong to writer-staff' : 'it has only to read'}. ${refuses}`;
  return `${may}, which the policy does not serve. ${refuses}`;
}

function reachMended({ objects, unit }: Found, { whose }: Of<'reaches'>, telling: Telling): string {
  const { by, system, trustees } = telling;
  if (whose === 'our-own') return 'move them into a unit that no writer has, such as one of their own';
  if (whose !== 'protected' || by !== 'writerStaff') return takeAway(telling, `on ${unit} or above`);
  const move = 'move them into a unit of writer-privileged';
  if (system === 'windows') return move;
  return [`${move}; until then:`, ...objects.map(({ dn }) => commandOf(denyStaffWriter(dn), system, trustees))].join('\n');
}

function beyondSaid(found: Found, trouble: Beyond, telling: Telling): string {
  const who = called[telling.by];
  const where = counted(found, telling);
  if (trouble.what === 'writes') return writesSaid(trouble, who, where);
  return {
    creates: `${who} may make new objects in ${where}`,
    deletes: `${who} may delete ${where}, or what is in them`,
    'rewrites-rights': `${who} may change the rights on ${where}, and so give itself everything`,
    replicates: `${who} may replicate ${where}, and so read the password hashes of everybody`,
  }[trouble.what];
}

function writesSaid({ attributes: joined, kind, itself }: Of<'writes'>, who: string, where: string): string {
  const attributes = joined.split(' ');
  const named = attributes.slice(0, shown).join(', ');
  const all = attributes.length > shown ? `${named} and ${attributes.length - shown} more` : named;
  if (itself) return `${who} may change ${all} of itself`;
  if (kind === 'group' && attributes.includes('member')) return `${who} may put anybody into ${where}`;
  return `${who} may change ${all} of ${where}`;
}

function beyondMended(trouble: Beyond, telling: Telling): string {
  const { by, grants, system, trustees } = telling;
  if (trouble.what !== 'writes' || !trouble.itself) return takeAway(telling, 'there or above');
  return grants
    .filter(({ on }) => on === trustees.identities[by].dn)
    .map((grant) => commandOf(grant, system, trustees))
    .join('\n');
}

function takeAway({ by, system, trustees }: Telling, where: string): string {
  const { name } = trustees.identities[by];
  const how =
    system === 'windows'
      ? ` (Security, Advanced; or dsacls <where> /R, which takes all of its rights there)`
      : ' (Security, Advanced, in Active Directory Users and Computers)';
  return `take away what ${name}, or a group that it is in, was given ${where}${how}`;
}

/** "3 accounts in OU=Staff,DC=example,DC=bank (Alice Moreau, Bilal Osman, Chen Wei)". */
function counted({ objects, unit }: Found, { expected }: Telling, quality = ''): string {
  const kind = objects[0]?.kind ?? 'account';
  const names = objects.slice(0, shown).map(({ guid, dn }) => {
    const account = expected.accounts.get(guid);
    if (!account) return nameOf(dn);
    return quality === '' ? account.displayName : `${account.displayName}: ${protectedInWords(account.protectedBy ?? '')}`;
  });
  const more = objects.length - names.length;
  const list = `${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  return `${objects.length} ${quality}${things[kind][objects.length === 1 ? 0 : 1]}${unit === '' ? '' : ` in ${unit}`} (${list})`;
}

/** The first part of a name without what stands before the equals sign. */
function nameOf(dn: string): string {
  const parent = parentOf(dn);
  const first = parent === undefined ? dn : dn.slice(0, dn.length - parent.length - 1);
  return first.slice(first.indexOf('=') + 1);
}
