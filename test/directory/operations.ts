import assert from 'node:assert/strict';
import { type BerWriter as Writer, BerWriter, Control, type Client } from 'ldapts';
import { DescriptorControl } from '#activities/directory/descriptor-control.ts';
import { change } from './change.ts';

/** One connection as somebody, and the account that they take for their own. */
export type As = { client: Client; own: string };
/** Tries something; throws what the controller answers, or an assertion when it answers and shows nothing. */
export type Attempt = (as: As) => Promise<unknown>;

/** Where something is tried: a distinguished name, or whoever tries it. */
type Target = string | ((as: As) => string);
const nameOf = (target: Target, as: As) => (typeof target === 'string' ? target : target(as));
export const itself = (as: As): string => as.own;

export const replacing =
  (target: Target, type: string, value: string | Buffer): Attempt =>
  (as) =>
    as.client.modify(nameOf(target, as), [change('replace', type, [value])]);

export const adding =
  (target: Target, type: string, value: Target): Attempt =>
  (as) =>
    as.client.modify(nameOf(target, as), [change('add', type, [nameOf(value, as)])]);

/** A change of password by whoever knows the old one. */
export const changingPassword =
  (target: string, from: Buffer, to: Buffer): Attempt =>
  ({ client }) =>
    client.modify(target, [change('delete', 'unicodePwd', [from]), change('add', 'unicodePwd', [to])]);

export const making =
  (dn: string, objectClass: string): Attempt =>
  ({ client }) =>
    client.add(dn, { objectClass });

export const deleting =
  (dn: string): Attempt =>
  ({ client }) =>
    client.del(dn);

export const moving =
  (dn: string, to: string): Attempt =>
  ({ client }) =>
    client.modifyDN(dn, to);

export const seeing =
  (target: Target, attribute: string): Attempt =>
  async (as) => {
    const { searchEntries } = await as.client.search(nameOf(target, as), { scope: 'base', attributes: [attribute] });
    assert.notEqual([searchEntries[0]?.[attribute] ?? []].flat().length, 0, 'hidden');
  };

/** LDAP_SERVER_DIRSYNC (MS-ADTS 3.1.1.3.4.1.3): everything that changed in the domain, by the right of a replicating controller. */
class DirSync extends Control {
  constructor() {
    super('1.2.840.113556.1.4.841', { critical: true });
  }

  override writeControl(writer: Writer): void {
    const value = new BerWriter();
    value.startSequence();
    value.writeInt(0);
    value.writeInt(0x100000);
    value.writeString('');
    value.endSequence();
    writer.writeBuffer(value.buffer, 0x04);
  }
}

export const replicating =
  (base: string): Attempt =>
  ({ client }) =>
    client.search(base, { scope: 'sub', filter: '(objectClass=user)', attributes: ['unicodePwd'] }, [new DirSync()]);

/** Writes an object's list of rights, as `read` found it: nothing changes where it is allowed. */
export const rewritingRights =
  (target: string, read: () => Buffer): Attempt =>
  ({ client }) =>
    client.modify(target, [change('replace', 'nTSecurityDescriptor', [read()])], [new DescriptorControl()]);
