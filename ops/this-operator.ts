import { userInfo } from 'node:os';
import type { Actor } from '#prisma/leaves.ts';

/** Whoever runs this command, as leaves name them: by the number that the operating system knows them under. */
export const thisOperator = (): Actor => ({ type: 'operator', uid: String(userInfo().uid) });
