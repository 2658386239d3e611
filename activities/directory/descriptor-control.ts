import { BerWriter, Control } from 'ldapts';

/** DACL_SECURITY_INFORMATION: nobody but an administrator may read the rest, and asking for it hides the whole. */
const dacl = 0x4;

/** LDAP_SERVER_SD_FLAGS (MS-ADTS 3.1.1.3.4.1.11): of nTSecurityDescriptor only the list of who may do what. */
export class DescriptorControl extends Control {
  constructor() {
    super('1.2.840.113556.1.4.801', { critical: true });
  }

  override writeControl(writer: BerWriter): void {
    const value = new BerWriter();
    value.startSequence();
    value.writeInt(dacl);
    value.endSequence();
    writer.writeBuffer(value.buffer, 0x04);
  }
}
