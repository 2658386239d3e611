import type { Framework } from './control.ts';
import { pciAccess } from './pci-dss-access.ts';
import { pciLogging } from './pci-dss-logging.ts';

/** Requirements 8 and 10 as far as a password reset touches them. */
export const pciDss: Framework = {
  id: 'pci-dss',
  title: 'PCI DSS',
  edition: '4.0.1, June 2024',
  note: 'Paraphrased, requirements 8 and 10. It applies to accounts and systems in the scope of the cardholder data environment; which those are is the bank’s to say. Where NIST SP 800-63B-4 asks for the opposite, the row says so.',
  controls: [...pciAccess, ...pciLogging],
};
