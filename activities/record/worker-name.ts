import type { Actor } from '#prisma/leaves.ts';

/** The worker in its leaves. */
export const WORKER: Actor = { type: 'service', name: 'worker' };
