/** Names of the floor's queues and updates. Its own, so that it never meets the product's workers. */
export const FLOOR_QUEUES = { reset: 'bench-floor', verify: 'bench-floor-verify', write: 'bench-floor-write' } as const;
export type FloorRole = keyof typeof FLOOR_QUEUES;

export const FLOOR_UPDATES = { begin: 'begin', prove: 'prove', factor: 'checkFactor', choose: 'choosePassword' } as const;
