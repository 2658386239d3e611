import { loadPolicy } from '#prisma/policies.ts';
import type { Database } from '#db';

/** Does the work while the policy in force says this of devices, and puts the one before back, whatever becomes of it. */
export function underDevicesOf(owner: Database): (text: string, work: () => Promise<void>) => Promise<void> {
  return async (text, work) => {
    const before = await owner.policyVersion.findFirstOrThrow({ where: { inForce: true } });
    const load = (policy: string) => owner.$transaction((tx) => loadPolicy(tx, policy, { type: 'service', name: 'test' }));
    await load(`devices: { ${text} }\n${before.text}`);
    try {
      await work();
    } finally {
      await load(before.text);
    }
  };
}
