import { BerWriter, Control } from 'ldapts';

/** OWNER and DACL_SECURITY_INFORMATION. Nobody but an administrator may read the list of what is audited, and asking for that hides the whole. */
const parts = { owner: 0x1, dacl: 0x4 } as const;

/** LDAP_SERVER_SD_FLAGS (MS-ADTS 3.1.1.3.4.1.11): of nTSecurityDescriptor only the list of who may do what, and the owner when it is asked for. */
export class DescriptorControl extends Control {
  readonly #flags: number;

  constructor(...and: 'owner'[]) {
    super('1.2.840.113556.1.4.801', { critical: true });
    this.#flags = and.reduce((flags, part) => flags | parts[part], parts.dacl as number);
  }

  override writeControl(writer: BerWriter): void {
    const value = new BerWriter();
    value.startSequence();
    value.writeInt(this.#flags);
    value.endSequence();
    writer.writeBuffer(value.buffer, 0x04);
  }
}
