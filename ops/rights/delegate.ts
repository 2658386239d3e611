import { protectedInWords } from '#domain/protected-in-words.ts';
import type { ServiceAccount } from '../directory/names.ts';
import { Sentence } from '../sentence.ts';
import { denyStaffWriter, grantsOf, type System } from './delegation.ts';
import { called, commandOf, delegationText, type Trustees } from './print-delegation.ts';
import { identitiesOf, systemOf, withAccount, type Site } from './site.ts';
import { accountsSeen, typedUnits, unitsOf, type UnitsFound } from './units.ts';

export type UnitsTyped = { staff?: string[]; privileged?: string[] };

/** Everything that `directory delegate --print` says. Nothing is changed, and nothing is asked but by the reader. */
export function delegateCommand(site: Site, typed: UnitsTyped): Promise<string> {
  return withAccount(site, 'reader', async (dir) => {
    const { baseDn, netbios } = site.settings;
    const identities = await identitiesOf(dir, site);
    const trustees: Trustees = { netbios, identities };
    const own = new Set(Object.values(identities).map(({ guid }) => guid));
    const found = unitsOf(site.serves, await accountsSeen(dir), own);
    const units = {
      writerStaff: typed.staff ? await typedUnits(dir, typed.staff) : found.writerStaff,
      writerPrivileged: typed.privileged ? await typedUnits(dir, typed.privileged) : found.writerPrivileged,
    };
    if (units.writerStaff.length + units.writerPrivileged.length === 0)
      throw new Sentence(
        'No account is in any subtree that the policy serves, so nobody can tell whose they are. Say it: --staff <unit...> --privileged <unit...>',
      );
    const accounts = {
      reader: identities.reader.dn,
      writerStaff: identities.writerStaff.dn,
      writerPrivileged: identities.writerPrivileged.dn,
    };
    const grants = grantsOf({ baseDn, accounts, units });
    const here = await systemOf(dir);
    return [
      `# What Countersign's accounts need in ${baseDn}, and no more. Nothing was changed: read it, then run what is for your controllers, once.`,
      `# This directory says that it is ${here === 'samba' ? 'Samba' : 'Windows'}. Afterwards: countersign directory preflight`,
      ...unitsSaid(units),
      ...emptySaid(typed, found),
      '',
      ...delegationText(grants, 'windows', trustees),
      '',
      ...delegationText(grants, 'samba', trustees),
      ...misplacedSaid(found, here, trustees),
    ].join('\n');
  });
}

function unitsSaid(units: Record<'writerStaff' | 'writerPrivileged', readonly string[]>): string[] {
  return (['writerStaff', 'writerPrivileged'] as const).map((writer) =>
    units[writer].length === 0
      ? `# ${called[writer]} gets no unit: the policy serves none with accounts of its kind. Say which: --${writer === 'writerStaff' ? 'staff' : 'privileged'} <unit...>`
      : `# ${called[writer]} gets ${units[writer].join(' and ')}`,
  );
}

function emptySaid(typed: UnitsTyped, { empty }: UnitsFound): string[] {
  if (typed.staff && typed.privileged) return [];
  return empty.map((unit) => `# Nobody is in ${unit} yet, so it is left out. Say whose it is: --staff <unit...> or --privileged <unit...>`);
}

/** Rights go by unit, so whoever is protected and in a unit of the others has to be taken out of the staff writer's reach one by one. */
function misplacedSaid({ misplaced }: UnitsFound, here: System, trustees: Trustees): string[] {
  if (misplaced.length === 0) return [];
  const account: ServiceAccount = 'writerStaff';
  return [
    '',
    `# ${misplaced.length === 1 ? 'One protected account is' : `${misplaced.length} protected accounts are`} in a unit of ${called[account]}. Move them into a unit of their own.`,
    ...(here === 'samba'
      ? ['# Until then this keeps it from their passwords; Samba does not do that by itself, as Windows does within the hour.']
      : ['# Windows keeps it from them within the hour.']),
    ...misplaced.flatMap((one) => [
      `# ${one.displayName}: ${protectedInWords(one.protectedBy ?? '')}`,
      ...(here === 'samba' ? [commandOf(denyStaffWriter(one.dn), 'samba', trustees)] : []),
    ]),
  ];
}
